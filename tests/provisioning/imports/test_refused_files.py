"""Files that are no lists: the reason says what to do, also for those that came with a mail."""

from email.message import EmailMessage

import pytest

from provisioning.imports import readers
from provisioning.imports.edits.reasons import reworded
from provisioning.imports.parsing import files
from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.formats.kinds import ARCHIVE, DOCUMENT, OUTLOOKS, PDF
from provisioning.imports.sources import OTHER
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.language import in_language
from tests.support.inputs.lists import A, dropped
from tests.support.inputs.spreadsheets import archive
from tests.support.tables import for_each

WEB_PAGE = "it is a web page or XML, whatever its name says; save it as .xlsx or CSV"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PHOTO = b"\xff\xd8\xff\xe0"

UNFETCHED = {
    "note.pdf": PDF,
    "lists.ZIP": ARCHIVE,
    "lists.tar.gz": ARCHIVE,
    "list.docx": DOCUMENT,
    "list.pages": DOCUMENT,
    "mail.msg": OUTLOOKS,
    "list.yaml": "Rollcall reads CSV and Excel (.xlsx) files, text, and photos (JPEG, PNG, HEIC)",
}


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        files.read_here(content, name)
    return caught.value.reason


def mail_with(content: bytes, name: str, text: str = "see attached") -> bytes:
    mail = EmailMessage()
    mail.set_content(text)
    mail.add_attachment(content, "application", "octet-stream", filename=name)
    return mail.as_bytes()


@for_each(
    ("content", "reason"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\x89PNG\r\n\x1a\n", "it is a picture; send it as a photo"),
        (b"\xff\xd8\xff\xe0", "it is a picture; send it as a photo"),
        (b"\xef\xbb\xbf <html>", WEB_PAGE),
        (OLD + "WordDocument".encode("utf-16-le"), DOCUMENT),
        (OLD + "__substg1.0_0037001F".encode("utf-16-le"), OUTLOOKS),
        (archive({"word/document.xml": b""}), DOCUMENT),
        (b"\x1f\x8b\x08\0", ARCHIVE),
        (OLD, "it is in the format of Excel 97; save it as .xlsx or CSV"),
        (b"\0\1\2\3", "it is neither a table nor a text; save it as .xlsx or CSV"),
        (b"a" * 5_000_001, "it has more than 5 MB; send the list of the serials alone"),
        (b"C02XG0FDJGH5\n" * 20_001, "it has more than 20,000 rows; send it in parts"),
        (b"x" * 200_000, "a cell in it has no end; save it again as CSV"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, reason: str) -> None:
    assert refusal(content, "macs.xlsx") == reason
    with in_language("ja"):
        assert reworded(reason) != reason


def test_the_refusal_names_the_file_in_a_sentence() -> None:
    with pytest.raises(UnreadableFile, match=r"^list\.pdf cannot be read: it is a PDF; .*\.$"):
        files.read_here(b"%PDF", "list.pdf")


def test_a_file_that_is_not_fetched_is_told_by_the_end_of_its_name(repo: MunkiRepo) -> None:
    told = {name: unfetched(name, DestinationIndex(repo.now())) for name in UNFETCHED}

    assert told == UNFETCHED
    for reason in UNFETCHED.values():
        with in_language("de"):
            assert reworded(reason) != reason


def unfetched(name: str, places: DestinationIndex) -> str:
    (left,) = readers.read({"kind": OTHER, "name": name}, b"", places, several=False).rejected
    return left.reason


@for_each(
    ("content", "name", "reason"),
    [
        (b"%PDF-1.7", "note.pdf", PDF),
        (archive({"list.csv": b"Serial"}), "lists.zip", ARCHIVE),
        (archive({"word/document.xml": b""}), "list.docx", DOCUMENT),
    ],
)
def test_a_file_of_a_mail_that_may_hold_a_list_is_told_where_it_is_not_read(
    content: bytes, name: str, reason: str
) -> None:
    alone = dropped(mail_with(content, name), "order.eml")
    beside = dropped(mail_with(content, name, f"{A} london"), "order.eml")

    assert (alone.macs, alone.why) == ("", {name: reason})
    assert (beside.macs, beside.why) == ("A london", {name: reason})


def test_a_mail_with_nothing_but_a_photo_says_where_photos_are_read() -> None:
    reason = "its pictures are not read; send them as photos"

    assert refusal(mail_with(PHOTO, "label.jpg"), "order.eml") == reason
    assert dropped(mail_with(PHOTO, "logo.jpg", f"{A} london"), "order.eml").why == {}


@for_each(
    "stored",
    [
        "it took longer than 20 seconds; send it smaller, or the serials as text",
        "it needs too much memory; send it smaller, or the serials as text",
        "the reader broke (SIGKILL); send it smaller, or the serials as text",
    ],
)
def test_why_a_reader_gave_up_has_a_translation(stored: str) -> None:
    with in_language("fr"):
        assert {"memory", "seconds", "broke", "send"}.isdisjoint(reworded(stored).split())
