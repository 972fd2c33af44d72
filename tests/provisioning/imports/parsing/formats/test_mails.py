"""Mails: their forms, their files, and those that are sealed."""

import base64
import quopri
from email.message import EmailMessage

import pytest

from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.formats.documents import MAIL
from tests.support.inputs.lists import A, B, dropped
from tests.support.tables import for_each

ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def mail(encoding: str, body: bytes, kind: str = "plain") -> str:
    head = f"Subject: Macs\nContent-Type: text/{kind}; charset=utf-8\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n{body.decode('ascii')}"


@for_each(
    ("encoding", "body", "kind"),
    [
        ("quoted-printable", quopri.encodestring(f"SN={A} london".encode()), "plain"),
        ("base64", base64.encodebytes(f"Serial: {A} london".encode()), "plain"),
        ("7bit", f"<p>Serial: <b>{A}</b> london</p>".encode(), "html"),
    ],
)
def test_a_mail_is_decoded(encoding: str, body: bytes, kind: str) -> None:
    assert dropped(mail(encoding, body, kind), "mail.eml").macs == "A london"


def test_a_mail_in_two_forms_is_read_once() -> None:
    parts = [f"--b\nContent-Type: text/{kind}\n\n$A london\n" for kind in ("plain", "html")]
    whole = f"Content-Type: multipart/alternative; boundary=b\n\n{''.join(parts)}--b--\n"

    told = dropped(whole, "mail.eml")
    assert (told.macs, told.why) == ("A london", {})


def test_of_two_forms_of_a_mail_the_one_that_names_places_is_read() -> None:
    page = "<table><tr><td>Serial<td>Site<tr><td>$A<td>london<tr><td>$B<td>paris</table>"
    forms = (("plain", "$A, $B"), ("html", page))
    parts = [f"--b\nContent-Type: text/{kind}\n\n{text}\n" for kind, text in forms]
    whole = f"Content-Type: multipart/alternative; boundary=b\n\n{''.join(parts)}--b--\n"

    assert dropped(whole, "mail.eml").macs == "A london, B paris"


def test_the_subject_of_a_mail_that_was_passed_on_names_a_place() -> None:
    inner = "Subject: list for Paris\nContent-Type: text/plain\n\n$A\n"
    head = 'Subject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="q"\n\n'

    text = f"{head}--q\nContent-Type: message/rfc822\n\n{inner}\n--q--\n"
    assert dropped(text, "list.eml").macs == "A Paris"


@for_each(
    ("said", "place"),
    [
        ("Hi,\nall of these are for Paris.\nTom", " Paris"),
        ("Hi,\nthe list.\nTom\nParis", ""),
        ("These go to Paris.\nNo, these go to London.", ""),
        ("The list is attached.\nSite: Paris", " Paris"),
        ("Hi Ann,\n\nLocation: Paris\nRole: lab\n\nThanks\nTom", " Paris lab"),
        ("Service Desk\n\nLocation: Paris\n\nThanks\nTom", " Paris"),
        ("The list is attached.\nDestination: Paris\n\nBest regards\nTom", " Paris"),
        ("All for Paris.\n\nThanks, Tom\nOffice: London", " Paris"),
        ("The list is attached.\n\nTom Baker\nHead of it\nLocation: Paris", ""),
        ("The list is attached.\nThanks\n\nOffice: Paris", ""),
        ("The list is attached.\n\nTom Baker\nOffice: Paris\nTel. 123", ""),
    ],
)
def test_a_mail_names_the_place_of_macs_in_its_files(said: str, place: str) -> None:
    file = "Content-Disposition: attachment; filename=a.csv\n\nSerial\n$A\n"
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="q"\n\n'

    text = f"{head}--q\nContent-Type: text/plain\n\n{said}\n--q\n{file}--q--\n"
    assert dropped(text, "list.eml").macs == f"A{place}"


def test_a_table_in_a_mail_that_cannot_be_read_is_told_beside_the_macs_that_can() -> None:
    mail = EmailMessage()
    mail.set_content(f"{A} london\nThe other 40 are in the list.\n")
    mail.add_attachment(ENCRYPTED, "application", "vnd.ms-excel", filename="macs.xlsx")
    mail.add_attachment(b"\x89PNG a logo", "image", "png", filename="logo.png")

    told = dropped(mail.as_bytes(), "order.eml")

    assert told.macs == "A london"
    assert told.why == {"macs.xlsx": "it is encrypted; save it without a password"}


def test_a_mail_that_is_a_file_of_another_is_read_too_but_no_mail_in_that() -> None:
    innermost, inner, outer = EmailMessage(), EmailMessage(), EmailMessage()
    innermost.set_content(f"{B} paris\n")
    inner.set_content(f"{A} london\n")
    inner.add_attachment(
        innermost.as_bytes(), "application", "octet-stream", filename=f"first{MAIL}"
    )
    outer.set_content("the list")
    outer.add_attachment(inner.as_bytes(), "application", "octet-stream", filename="Macs.EML")

    assert dropped(outer.as_bytes(), "order.eml").macs == "A london"


@for_each(
    ("kind", "file"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m"),
        ("application/pgp-encrypted", "version.asc"),
        ("application/ms-tnef", "winmail.dat"),
        ("application/octet-stream", "winmail.dat"),
    ],
)
def test_a_mail_whose_content_is_sealed_is_told_and_one_with_macs_beside_it_is_read(
    kind: str, file: str
) -> None:
    sealed = f"--q\nContent-Type: {kind}\nContent-Disposition: attachment; filename={file}\n\n?\n"
    head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=q\n\n"

    with pytest.raises(UnreadableFile, match="it is sealed"):
        dropped(f"{head}--q\n\nThe list.\n{sealed}--q--\n", "mail.eml")
    assert dropped(f"{head}--q\n\n$A london\n{sealed}--q--\n", "mail.eml").macs == "A london"


def test_a_sealed_mail_that_is_a_file_of_another_is_told_beside_the_macs_that_can_be_read() -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner.set_content(b"?", "application", "pkcs7-mime")
    outer.set_content(f"{A} london\n")
    outer.add_attachment(inner.as_bytes(), "application", "octet-stream", filename="macs.eml")

    told = dropped(outer.as_bytes(), "order.eml")

    assert told.macs == "A london"
    assert told.why["macs.eml"].startswith("it is sealed")


def test_a_sealed_mail_with_a_table_that_cannot_be_read_is_told_by_the_table() -> None:
    mail = EmailMessage()
    mail.set_content("The list.\n")
    mail.add_attachment(b"?", "application", "ms-tnef", filename="winmail.dat")
    mail.add_attachment(ENCRYPTED, "application", "vnd.ms-excel", filename="macs.xlsx")

    assert dropped(mail.as_bytes(), "order.eml").why.keys() == {"macs.xlsx"}
