"""Reasons of the parser, translated into a person's language.

They are stored as English clauses, separated by semicolons. Here are the templates of these
clauses, by which their facts are found again, in rows of former releases too.
"""

import re
from functools import cache
from string import Formatter

from provisioning.values.language import (
    ENGLISH,
    _,
    clauses,
    conjunction,
    marked,
    quoted,
    spoken,
)

_TEMPLATES = (
    # of serials
    marked("has no digit; an ordinary word?"),
    marked("was written with an S before it, as labels have it"),
    marked("is what Macs without a serial number say; does it have none of its own?"),
    marked("has {number} characters, Apple's serials have 10 to 12; is one missing?"),
    marked("has {number} characters, Apple's serials have 10 to 12; is one too many?"),
    marked("has {number} characters, Apple's serials have 10 to 12"),
    marked("has 11 characters, as no Mac's serial since 2010; is one missing or too many?"),
    marked("has another form than Apple's serials; is it a virtual Mac's?"),
    marked("begins as Apple's serials of 12 characters do; is its end missing?"),
    marked("has a letter O, which Apple never uses; a zero?"),
    marked("has a letter I, which Apple never uses; a one?"),
    marked("begins with an S, which labels put before a serial; {serial}?"),
    marked("begins with an SN, which labels put before a serial; {serial}?"),
    marked("has only digits; a product's barcode?"),
    marked("is shorter than Apple's serials, which have 10 to 12 characters"),
    marked("may be none: {reason}"),
    marked("it looks like an asset's number"),
    marked("has a question mark behind it; is a character missing?"),
    marked("has capital and small letters; a password?"),
    marked("stands inside a longer word"),
    marked("was written without anything between it and the next one"),
    marked("was written in groups"),
    marked("was written over two lines"),
    marked("was written with a space in it"),
    marked("is one of two, of which one is meant"),
    marked("may be taken back in its sentence"),
    marked("may be only an example"),
    marked("stands in a sentence about what was done"),
    marked("may be meant by the line {line}"),
    # of rows
    marked("is struck through"),
    marked("stands in a hidden row"),
    marked("stands in a hidden column"),
    marked("stands in a hidden sheet"),
    marked("stands in a sheet called {name}"),
    marked("is listed as {name}"),
    marked("is marked as not wanted in its row"),
    marked("is marked as not ready in its row"),
    marked("is marked as done in its row"),
    marked("is commented out"),
    marked("has a name of several words: put that between quotation marks"),
    marked("stands in a question"),
    marked("has the status {status}"),
    marked("is not in the column of the serials"),
    marked("it is not in the column of the serials"),
    marked("stands above the headings of its table"),
    marked("is one of two serials in its row, under different headings"),
    marked("is a virtual Mac's"),
    marked("stands in a line that names {number} sites: {names}"),
    marked("stands in a line that names {number} builds: {names}"),
    marked("stands below a line that names {number} sites: {names}"),
    marked("stands below a line that names {number} builds: {names}"),
    marked("stands below a line that names {names}"),
    marked("stands above {name} in brackets, which may hold for it"),
    marked("stands below another heading than the serials"),
    marked("stands in one row with {number} more that may be the serial"),
    marked("is for {place} in one place and for {other} in another"),
    marked("has its place only from a row above it"),
    # of texts that are no serials
    marked("there is no serial in this row"),
    marked("there is no serial in it"),
    marked("it is empty"),
    marked("it is what Macs without a serial number say; give this one its own"),
    marked("only letters, digits and + = . _ - can be in one"),
    marked("a serial has {shortest} to {longest} characters, this text has {number}"),
    marked("it has to begin with a letter or a digit"),
    marked("Munki uses that name itself"),
    marked("its {sign} is no letter and no digit; type what stands there"),
    marked("its letter {letter} is of another alphabet; type it in Latin letters"),
    marked("it is the serial of the old Mac"),
    marked("it stands in another cell than the serials, such as a note"),
    marked("it stands inside an address or a longer number"),
    marked("it stands behind another label, such as an order's or a part's"),
    marked("the spreadsheet has rounded it; format the cells as text and type it anew"),
    marked("it is a number with a fraction"),
    marked("it is a date"),
    marked("it has no digit, so it is taken for a word"),
    marked("it looks like a word; write it in capitals if it is a serial"),
    marked("it looks like the beginning of a hash"),
    marked("it looks like an asset's or an order's number: letters, then digits"),
    marked("Apple's serials have 10 to 12 characters, not {number}"),
    marked("more than a serial is in it; put a space around the serial"),
    marked("it belongs to {machine}, which is no Mac"),
    marked("it looks like a MAC address"),
    marked("it looks like a UDID or a hash"),
    marked("it looks like an order's number"),
    marked("it looks like a VAT number"),
    marked("it is a part's number"),
    marked("it looks like a part's number"),
    marked("it looks like a parcel's number"),
    marked("it looks like a description of a model"),
    marked("it looks like a model"),
    marked("it looks like a placeholder"),
    marked("it begins with a date"),
    # of files and photos
    marked(
        "no barcode of a serial can be read on it; take it closer, straight and in better "
        "light, or type it"
    ),
    marked("it has {number} or more other labels whose serial cannot be read; take those closer"),
    marked(
        "the slim image of Rollcall, which runs here, reads no photos; send the serials as text"
    ),
    marked("it is damaged; save it again as .xlsx or CSV"),
    marked("it is too large when unpacked; save only the sheet with the serials, as CSV"),
    marked("it is a web page or XML, whatever its name says; save it as .xlsx or CSV"),
    marked(
        "it is a PDF; copy its text and paste it, or send a spreadsheet or a photo of the labels"
    ),
    marked("it is an archive; send the files in it"),
    marked("it is a document of a word processor; copy its text and paste it"),
    marked("it is a mail as Outlook stores it; copy its text and paste it, or save it as text"),
    marked("its pictures are not read; send them as photos"),
    marked(
        "it is sealed (S/MIME, PGP or winmail.dat); "
        "copy its text and paste it, or send a spreadsheet"
    ),
    marked("it is a picture; send it as a photo"),
    marked("it is a formatted text; save it as plain text"),
    marked("it is in the format of Excel 97; save it as .xlsx or CSV"),
    marked("it is neither a table nor a text; save it as .xlsx or CSV"),
    marked("a cell in it has no end; save it again as CSV"),
    marked("its cells are too many or too far apart; save only the list, as CSV"),
    marked("it has too many parts; send the list of the serials alone"),
    marked("it has more than 5 MB; send the list of the serials alone"),
    marked("Rollcall reads CSV and Excel (.xlsx) files, text, and photos (JPEG, PNG, HEIC)"),
    marked("it is no JPEG, PNG, HEIC or WebP file"),
    marked("the file is damaged or not complete"),
    marked("it took longer than {seconds} seconds"),
    marked("it took too much of the processor"),
    marked("it needs too much memory"),
    marked("the reader broke ({name})"),
    marked("send it smaller, or the serials as text"),
    marked("it is encrypted; save it without a password"),
    marked("it is a Numbers document; export it as CSV or for Excel"),
    marked("it is no Excel workbook; save it as .xlsx or CSV"),
    marked("it has more than {most} rows; send it in parts"),
    marked("it has more than {number} megapixels; send a smaller one"),
    marked("it has more than {number} MB; send it in parts, or a smaller photo"),
    marked("it is not here any more; hand it in again"),
    marked("Apple's serials have 10 to 12 characters and neither the letter O nor I"),
    marked("the number of a phone module (IMEI) is on the photo; is it an iPhone or an iPad?"),
    marked("no part number of Apple's (1P) was read beside it; is it a Mac's?"),
    marked("its kind of barcode has no check digit, so that a misread would not show"),
    marked("another look at the same barcode gave another value"),
    marked("it was read only once"),
    marked("its barcode lacks the S that marks a serial on Apple's labels"),
    # of what is registered, and of names
    marked("is one slip away from {serial}, which is registered"),
    marked("is what {serial} is called, where Munki would get the manifest of this Mac"),
    marked("should not be called {name}, because {reason} where a client sets that"),
    marked("gets no name, because {reason} by the name {name}"),
    marked("gets no name, because {name} cannot be a computer's"),
    marked("gets no name, because {serial} has the same: {name}"),
    marked("names no site and no build"),
    marked("names no site"),
    marked("names no build"),
    marked("is for {name}, and there is no site of that name; did you mean {nearest}?"),
    marked("is for {name}, and there is no build of that name; did you mean {nearest}?"),
    marked("is for {name}, and there is no site of that name"),
    marked("is for {name}, and there is no build of that name"),
)
# Machines that are no Macs, beside those that are called so in every language.
_MACHINES = (
    *(marked("display"), marked("accessory"), marked("printer"), marked("phone or tablet")),
    *(marked("pair of AirPods"), marked("device of a network"), marked("machine with Linux")),
    *(marked("machine with Android"), marked("machine of HP's"), marked("machine of Dell's")),
    marked("machine of Lenovo's"),
)
_PLACES = (marked("line {number}"), marked("row {number} of {name}"))


def reworded(reasons: str) -> str:
    """Return clauses in the person's language; one without a template stays as it is."""
    if spoken() == ENGLISH:
        return reasons
    pieces, worded = reasons.split("; "), list[str]()
    while pieces:
        for length in range(len(pieces), 0, -1):
            clause = _clause("; ".join(pieces[:length]))
            if clause is not None or length == 1:
                worded.append(pieces[0] if clause is None else clause)
                pieces = pieces[length:]
                break
    return clauses(worded)


def placed(where: str) -> str:
    """Return the place of a row in the person's language: `stock.csv, line 12`."""
    if spoken() == ENGLISH:
        return where
    head, comma, last = where.rpartition(", ")
    for template in _PLACES:
        if found := _pattern(template).fullmatch(last):
            last = _(template, **found.groupdict())
    return f"{head}{_(comma) if comma else ''}{last}"


def _clause(text: str) -> str | None:
    """A clause in the person's language; None where it is not one clause."""
    for template in _TEMPLATES:
        if found := _pattern(template).fullmatch(text):
            facts = found.groupdict()
            if "reason" in facts:
                facts["reason"] = _clause(facts["reason"]) or facts["reason"]
            if "machine" in facts:
                facts["machine"] = _(facts["machine"].partition(" ")[2])
            if "names" in facts:
                facts["names"] = conjunction(facts["names"].split(" and "))
            return _(template, **{name: quoted(fact) for name, fact in facts.items()})
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """The pattern of a template's clauses, with a group for each fact."""
    parts = (
        re.escape(text) + (f"(?P<{name}>(?:(?!; ).)+?)" if name else "")
        for text, name, _, _ in Formatter().parse(template)
    )
    return re.compile("".join(parts))
