"""A reader of files, whose kind is found by their content, and by their name where it helps."""

import csv

from provisioning.imports.parsing import texts
from provisioning.imports.parsing.entries import ParseResult, Rejected, UnreadableFile, join
from provisioning.imports.parsing.formats import delimited, mails, objects, pages, workbooks
from provisioning.imports.parsing.formats.encodings import decode
from provisioning.imports.parsing.formats.limits import MAX_BYTES, MAX_ROWS, limited
from provisioning.imports.parsing.grids.rows import read_rows
from provisioning.imports.parsing.grids.sections import SectionPlace
from provisioning.imports.parsing.names import Names

TEXTS = (".txt", ".text", ".md", ".markdown", ".log", ".prn")  # may hold lines that are no table
TABLES = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".csv", ".tsv")
MAIL, OBJECTS = ".eml", (".json", ".jsonl", ".ndjson")
MAX_ATTACHED = 20  # files of a mail that are read

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SEALED = (
    "it is sealed (S/MIME, PGP or winmail.dat); copy its text and paste it, or send a spreadsheet"
)
_WEB_PAGE = "it is a web page or XML, whatever its name says; save it as .xlsx or CSV"
_OTHERS = {
    b"%PDF": "it is a PDF; copy its text and paste it, or send a spreadsheet",
    b"\x89PNG": "it is a picture; send it as a photo",
    b"\xff\xd8\xff": "it is a picture; send it as a photo",
    b"GIF8": "it is a picture; send it as a photo",
    b"{\\rtf": "it is a formatted text; save it as plain text",
}


def read(content: bytes, name: str, names: Names) -> ParseResult:
    """Return the Macs in a file.

    Raises UnreadableFile for a file that is no table and no text, damaged, encrypted or too large.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(name, "it has more than 5 MB; send the list of the serials alone")
    if content.startswith(_ZIP):
        return workbooks.read(content, name, names, MAX_ROWS)
    _check_kind(content, name)
    if name.casefold().endswith(MAIL):
        return _read_mail(content, name, names)
    text = decode(content, name, names)
    if text.lstrip("\ufeff \t\r\n")[:1] == "<":
        return _read_page(text, name, names)
    rows = objects.rows_of(text) if name.casefold().endswith(OBJECTS) else None
    if rows is None:
        return _read_text(text, name, names)
    result = read_rows(limited(rows, name), names)
    return result if result and result.entries else texts.read(text, names)


def _check_kind(content: bytes, name: str) -> None:
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise UnreadableFile(name, "it is encrypted; save it without a password")
        raise UnreadableFile(name, "it is in the format of Excel 97; save it as .xlsx or CSV")
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:8]
    for mark, reason in _OTHERS.items():
        if begin.startswith(mark):
            raise UnreadableFile(name, reason)


def _read_text(text: str, name: str, names: Names) -> ParseResult:
    """The Macs in a delimited text; in a text that need not be one, those of its lines."""
    if name.casefold().endswith(TEXTS):
        return texts.read(text, names)
    try:
        rows = limited(delimited.parse(text), name)
    except csv.Error as error:
        raise UnreadableFile(name, "a cell in it has no end; save it again as CSV") from error
    result = read_rows(rows, names)
    return texts.read(text, names) if result is None else texts.without_letter(result, text)


def _read_page(text: str, name: str, names: Names) -> ParseResult:
    result = texts.read(pages.text_of(text), names)
    if not result.entries:
        raise UnreadableFile(name, _WEB_PAGE)
    return result


def _read_mail(
    content: bytes, name: str, names: Names, *, is_attached: bool = False
) -> ParseResult:
    """The Macs in the form of a mail that holds most, and in the files that came with it.

    Of one that is a file of a mail itself, mails among its files are passed over.
    """
    message = mails.parse(content, name)
    said = mails.forms_of(message)
    best = max((texts.read(text, names) for text in said), key=_worth, default=ParseResult())
    place = texts.place_of(said[0], names) if said else SectionPlace()
    files = [
        texts.placed(result, place)
        for filename, attachment in mails.attached(message)[:MAX_ATTACHED]
        if not (is_attached and filename.casefold().endswith(MAIL))
        and (result := _attachment(attachment, filename, names)) is not None
    ]
    found = join([best, *files])
    if not found.entries and not found.rejected and mails.is_sealed(message):
        raise UnreadableFile(name, _SEALED)
    return found


def _worth(form: ParseResult) -> tuple[int, int]:
    """The number of Macs in a form of a mail, and of the places that it names for them."""
    return len(form.entries), sum(bool(e.site) + bool(e.build) for e in form.entries)


def _attachment(content: bytes, name: str, names: Names) -> ParseResult | None:
    try:
        if name.casefold().endswith(MAIL):
            return _read_mail(content, name, names, is_attached=True)
        return read(content, name, names)
    except UnreadableFile as error:  # of pictures and the like, which come with most mails, nothing
        if not name.casefold().endswith((*TABLES, MAIL)):
            return None
        return ParseResult(rejected=(Rejected(error.name, "", error.reason),))
