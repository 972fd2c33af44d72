"""Formats of files: pages, XML, JSON and encodings, and files that are refused."""

import json

import pytest

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.formats.pages import MAX_REPEATED, text_of
from tests.support.inputs.lists import BUILDS, SITES, A, B, dropped, pasted
from tests.support.inputs.spreadsheets import archive
from tests.support.tables import for_each


def test_a_workbook_of_excels_own_xml_is_a_table() -> None:
    rows = (("Serial", "Site"), ("$A", "london"), ("$B", "paris"))
    cells = [[f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row] for row in rows]
    table = "".join(f"<Row>{''.join(row)}</Row>" for row in cells)
    head = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    whole = f'{head}<Worksheet ss:Name="S"><Table>{table}</Table></Worksheet></Workbook>'

    assert dropped(whole, "export.xml").macs == "A london, B paris"


def test_a_signature_of_pgp_holds_no_serials_and_what_is_signed_is_read() -> None:
    random = "C02ZQ1KJGH51/\nHQIMA8C02X\n=Ab1c"
    signature = f"-----BEGIN PGP SIGNATURE-----\n\n{random}\n-----END PGP SIGNATURE-----"
    signed = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n$A london\n{signature}\n$B paris"

    assert pasted(signed).macs == dropped(signed, "mail.txt").macs == "A london, B paris"
    listed = "-----BEGIN MACS-----\n$A london\n-----END MACS-----"
    assert pasted(listed).macs == "A london"
    encrypted = f"Subject: Macs\n\n{signature.replace('SIGNATURE', 'MESSAGE')}\n"
    with pytest.raises(UnreadableFile, match="it is sealed"):
        dropped(encrypted, "mail.eml")


def test_between_other_lines_with_begin_and_end_the_macs_are_read() -> None:
    """As programs print what they list."""
    listed = "-----BEGIN INVENTORY-----\n$A london\n-----END INVENTORY-----"
    key = "-----BEGIN RSA PRIVATE KEY-----\nC02ZQ1KJGH51\n-----END RSA PRIVATE KEY-----"

    assert pasted(f"{listed}\n{key}\n$B paris").macs == "A london, B paris"
    torn = "-----BEGIN CERTIFICATE-----\n$A london\n-----END PUBLIC KEY-----"
    assert pasted(torn).macs == "A london"


def test_a_line_below_a_key_keeps_its_number() -> None:
    key = "-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----"

    assert [entry.where for entry in free_text.read(f"{key}\n\n{A} london").entries] == ["line 5"]


_FIELDS = "<device><id>1</id><serial>{}</serial><site>{}</site></device>"
_PROPERTIES = (
    "<dict><key>serial_number</key><string>{}</string>\n<key>site</key><string>{}</string></dict>"
)


@for_each("form", [_FIELDS, _PROPERTIES])
def test_fields_of_xml_are_apart(form: str) -> None:
    macs = f"{form.format('$A', 'london')}{form.format('$B', 'paris')}"
    for text in (f"<list>{macs}</list>", f"<all><size>2</size>{macs}</all>"):
        assert dropped(text, "macs.xml").macs == pasted(text).macs == "A london, B paris"


HEADS = "<tr><th>Site</th><th>Serial</th><th>Build</th></tr>"
PARIS = "<tr><td>paris</td><td>$C</td><td>basic</td></tr>"


MERGED = {
    "<tr><td rowspan=2>london</td><td>$A</td><td>lab</td></tr><tr><td>$B</td><td>lab</td></tr>": (
        "A london lab, B london lab, C paris basic"
    ),
    "<tr><td>london</td><td>$A</td><td rowspan=2>lab</td></tr><tr><td>paris</td><td>$B</td></tr>": (
        "A london lab, B paris lab, C paris basic"
    ),
    "<tr><td colspan=2>Macs</td><td>2</td></tr>": "C paris basic",
    "<tr><td rowspan=x>london</td><td>$A</td></tr>": "A london, C paris basic",
}


@for_each(("rows", "macs"), MERGED.items())
def test_merged_cells_of_a_page_say_the_same_in_each_row(rows: str, macs: str) -> None:
    assert dropped(f"<table>{HEADS}{rows}{PARIS}</table>", "macs.html").macs == macs


def test_a_merged_cell_around_a_table_is_none_of_its_cells() -> None:
    table = f"<table>{HEADS}<tr><td>london</td><td>$A</td><td>lab</td></tr>{PARIS}</table>"
    page = f"<table><tr><td rowspan=3>logo</td><td>{table}</td></tr></table>"

    assert dropped(page, "macs.html").macs == "A london lab, C paris basic"


def test_merged_cells_are_not_repeated_without_end() -> None:
    cells = "".join(f"<td rowspan=999>{'x' * 500}</td>" for _ in range(50))

    text = text_of(f"<table><tr>{cells}</tr>{'<tr></tr>' * 999}</table>")

    assert text.count("x" * 500) >= 50
    assert len(text) < 50 * 500 + MAX_REPEATED + 999 * 60


def test_what_a_program_calls_its_parts_is_no_computers_name() -> None:
    text = '{"SPHardwareDataType": [{"_name": "hardware_overview", "serial_number": "$A"}]}'

    assert dropped(text, "mac.json").macs == "A"


@for_each(
    ("fields", "macs"),
    [
        ({"status_label": {"name": "Ready to Deploy"}, "location": {"name": "London"}}, "A London"),
        ({"model": {"name": "lab-07"}, "name": "lab-08"}, "A lab-08"),
        ({"general": {"name": "lab-07"}}, "A lab-07"),
        ({"tags": ["london", "design"]}, "A london design"),
        ({"tags": ["london"], "apps": []}, "A london"),
    ],
)
def test_objects_and_lists_in_an_object_say_what_their_names_are(
    fields: dict[str, object], macs: str
) -> None:
    assert dropped(json.dumps([{"serial": A, **fields}]), "macs.json").macs == macs


@for_each(
    ("value", "macs"),
    [
        ({"computers": {"size": 1, "computer": [{"serial": A, "name": "ann’s iMac"}]}}, "A"),
        ({"a": {"page": 1, "b": {"list": [{"serial": A, "site": "london"}]}}}, "A london"),
        ({"sites": {"london": [{"serial": A}], "paris": [{"serial": B}]}}, "A london, B paris"),
        ({"london": {"design": [A], "lab": [B]}}, "A london design, B london lab"),
    ],
)
def test_objects_of_json_may_stand_in_others_whose_names_may_be_places(
    value: object, macs: str
) -> None:
    assert pasted(json.dumps(value)).macs == dropped(json.dumps(value), "macs.json").macs == macs


def test_json_may_have_an_object_in_each_line() -> None:
    text = (
        '{"serial": "$A", "site": "paris", "note": "Ann of london"}\n'
        '{"site": "london", "serial": "$B"}\n'
    )

    assert dropped(text, "macs.ndjson").macs == "A paris, B london"


@for_each("indent", [None, 2])
def test_a_list_in_json_takes_nothing_from_the_list_before_it(indent: int | None) -> None:
    sites, machines = {"london": ["$A"], "spares": ["$B"]}, {"docks": ["$C"], "macs": ["$A"]}

    assert dropped(json.dumps(sites, indent=indent), "a.json").macs == "A london, B spares"
    assert dropped(json.dumps(machines, indent=indent), "a.json").macs == "A"


@for_each("encoding", ["mac_roman", "cp850", "cp1252", "utf-16"])
def test_an_encoding_is_the_one_that_makes_the_site_known(encoding: str) -> None:
    assert dropped(f"Serial,Site\n{A},zürich\n".encode(encoding)).macs == "A zürich"


@for_each(
    ("content", "name", "mend"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "macs.xls", "save it as .xlsx or CSV"),
        (archive({"content.xml": b""}), "macs.ods", "save it as .xlsx or CSV"),
        (archive({"Index/Document.iwa": b""}), "macs.numbers", "export it as CSV or for Excel"),
        (b"%PDF-1.7", "macs.pdf", "copy its text and paste it, or send a spreadsheet"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(
    content: bytes, name: str, mend: str
) -> None:
    with pytest.raises(UnreadableFile, match=mend):
        dropped(content, name)


def test_a_file_is_read_in_the_sandbox_as_it_is_in_this_process() -> None:
    """Most tests read it here."""
    rows = f"Serial,Site,Name,Note,Status\n{A},zürich,desk-17,Anna,broken\nnone,,,,\n{B},,,,\n"
    content = rows.encode()

    result = files.read(content, "macs.csv", SITES, BUILDS)

    assert result == files.read_here(content, "macs.csv", SITES, BUILDS)
    assert [(entry.site, entry.name) for entry in result.entries] == [
        ("zürich", "desk-17"),
        (None, None),
    ]
    assert result.entries[0].doubt
    assert result.rejected


def test_what_cannot_be_read_in_the_sandbox_is_told_with_its_mend() -> None:
    with pytest.raises(UnreadableFile, match=r"^old\.xls cannot be read: ") as here:
        files.read_here(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls")
    with pytest.raises(UnreadableFile) as there:
        files.read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls")

    assert (str(there.value), there.value.reason) == (str(here.value), here.value.reason)
