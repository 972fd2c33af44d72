"""Kinds of files that are not read, known by their first bytes: the reasons, and what to do."""

ARCHIVE = "it is an archive; send the files in it"
DOCUMENT = "it is a document of a word processor; copy its text and paste it"
OUTLOOKS = "it is a mail as Outlook stores it; copy its text and paste it, or save it as text"
PDF = "it is a PDF; copy its text and paste it, or send a spreadsheet or a photo of the labels"
_ENCRYPTED = "it is encrypted; save it without a password"
_EXCEL_97 = "it is in the format of Excel 97; save it as .xlsx or CSV"
_PICTURE = "it is a picture; send it as a photo"
_RICH_TEXT = "it is a formatted text; save it as plain text"

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLD_OFFICE = {
    "EncryptedPackage": _ENCRYPTED,
    "WordDocument": DOCUMENT,
    "__substg1.0_": OUTLOOKS,
}
_BEGINNINGS = {
    b"%PDF": PDF,
    b"{\\rtf": _RICH_TEXT,
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"\x1f\x8b": ARCHIVE,
    b"7z\xbc\xaf": ARCHIVE,
    b"Rar!": ARCHIVE,
}


def reason_against(content: bytes) -> str | None:
    """Return the reason for which a content is not read; None where it may be a table or a text."""
    if content.startswith(_OLD_OFFICE):
        held = (
            reason for name, reason in _IN_OLD_OFFICE.items() if name.encode("utf-16-le") in content
        )
        return next(held, _EXCEL_97)
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:8]
    return next((reason for mark, reason in _BEGINNINGS.items() if begin.startswith(mark)), None)


def is_picture(content: bytes) -> bool:
    """Return True for a picture: a photo, or a logo in a mail."""
    return reason_against(content) == _PICTURE or content[4:12] in (b"ftypheic", b"ftypmif1")
