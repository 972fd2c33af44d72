"""A reader of files, whose kind is found by their content, and by their name where it helps."""

import csv
import re

from provisioning.imports.parsing import texts
from provisioning.imports.parsing.entries import ParseResult, Rejected, UnreadableFile, join
from provisioning.imports.parsing.formats import delimited, mails, objects, pages, workbooks
from provisioning.imports.parsing.formats.encodings import decode
from provisioning.imports.parsing.formats.kinds import is_picture, reason_against
from provisioning.imports.parsing.formats.limits import MAX_BYTES, MAX_ROWS, limited
from provisioning.imports.parsing.grids.rows import read_rows
from provisioning.imports.parsing.grids.sections import SectionPlace
from provisioning.imports.parsing.names import Names

TEXTS = (".txt", ".text", ".md", ".markdown", ".log", ".prn")  # may hold lines that are no table
TABLES = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".csv", ".tsv")
# Attached files that may hold a list, and that are told where they are not read.
LISTS = (*TABLES, ".pdf", ".zip", ".docx", ".doc", ".rtf", ".odt", ".pages", ".msg")
MAIL, OBJECTS = ".eml", (".json", ".jsonl", ".ndjson")
MAX_ATTACHED = 20  # files of a mail that are read

_COPY = re.compile(r"\s*\(\d{1,2}\)$")  # as browsers call a file that they fetch again
_ZIP = b"PK\x03\x04"
_SEALED = (
    "it is sealed (S/MIME, PGP or winmail.dat); copy its text and paste it, or send a spreadsheet"
)
_WEB_PAGE = "it is a web page or XML, whatever its name says; save it as .xlsx or CSV"
_PICTURES = "its pictures are not read; send them as photos"


def read(content: bytes, name: str, names: Names) -> ParseResult:
    """Return the Macs in a file; one that is called after a site is for it, where no Mac names one.

    Raises UnreadableFile for a file that is no table and no text, damaged, encrypted or too large.
    """
    return _placed(_read(content, name, names), name, names)


def _placed(result: ParseResult, name: str, names: Names) -> ParseResult:
    """The result with the place that is all of a file's name, such as `London design.csv`."""
    named = names.only_named_in(_COPY.sub("", name.rpartition(".")[0]))
    if named is None or len(named.sites) != 1 or any(entry.site for entry in result.entries):
        return result
    return texts.placed(result, SectionPlace(named.site, named.build))


def _read(content: bytes, name: str, names: Names) -> ParseResult:
    if len(content) > MAX_BYTES:
        raise UnreadableFile(name, "it has more than 5 MB; send the list of the serials alone")
    if content.startswith(_ZIP):
        return workbooks.read(content, name, names, MAX_ROWS)
    if (reason := reason_against(content)) is not None:
        raise UnreadableFile(name, reason)
    if name.casefold().endswith(MAIL):
        return _read_mail(content, name, names)
    text = decode(content, name, names)
    if text.lstrip("\ufeff \t\r\n")[:1] == "<":
        if not (page := texts.read(pages.text_of(text), names)).entries:
            raise UnreadableFile(name, _WEB_PAGE)
        return page
    rows = objects.rows_of(text) if name.casefold().endswith(OBJECTS) else None
    if rows is None:
        return _read_text(text, name, names)
    result = read_rows(limited(rows, name), names)
    return result if result and result.entries else texts.read(text, names)


def _read_text(text: str, name: str, names: Names) -> ParseResult:
    """The Macs in a delimited text; in a text that need not be one, those of its lines."""
    if name.casefold().endswith(TEXTS):
        return texts.read(text, names)
    try:
        rows = limited(delimited.parse(text), name)
    except csv.Error as error:
        raise UnreadableFile(name, "a cell in it has no end; save it again as CSV") from error
    if texts.are_lines(rows, names):
        return texts.read(text, names)
    result = read_rows(rows, names)
    return texts.read(text, names) if result is None else texts.without_letter(result, text)


def _read_mail(
    content: bytes, name: str, names: Names, *, is_attached: bool = False
) -> ParseResult:
    """The Macs in the form of a mail that holds most, and in the files that came with it.

    Of one that is a file of a mail itself, mails among its files are passed over.
    """
    message = mails.parse(content, name)
    said = mails.forms_of(message)
    forms = [texts.read(text, names) for text in said]
    # By their Macs, and the places that they name for these.
    worth = [(len(f.entries), sum(bool(e.site) + bool(e.build) for e in f.entries)) for f in forms]
    best = forms[worth.index(max(worth))] if forms else ParseResult()
    place = texts.place_of(said[0], names) if said else SectionPlace()
    attached = mails.attached(message)[:MAX_ATTACHED]
    files = [
        _placed(texts.placed(result, place), filename, names)
        for filename, attachment in attached
        if not (is_attached and filename.casefold().endswith(MAIL))
        and (result := _attachment(attachment, filename, names)) is not None
    ]
    found = join([best, *files])
    if not found.entries and not found.rejected:
        if mails.is_sealed(message):
            raise UnreadableFile(name, _SEALED)
        if any(is_picture(attachment) for _, attachment in attached):
            raise UnreadableFile(name, _PICTURES)
    return found


def _attachment(content: bytes, name: str, names: Names) -> ParseResult | None:
    try:
        if name.casefold().endswith(MAIL):
            return _read_mail(content, name, names, is_attached=True)
        return _read(content, name, names)
    except UnreadableFile as error:  # of pictures and the like, which come with most mails, nothing
        if not name.casefold().endswith((*LISTS, MAIL)):
            return None
        return ParseResult(rejected=(Rejected(error.name, "", error.reason),))
