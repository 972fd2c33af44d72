"""Excel's workbooks: the entries in them, and workbooks that would do harm."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.imports.parsing import files
from provisioning.imports.parsing.entries import Entry, ParseResult, UnreadableFile
from provisioning.imports.parsing.formats.archive import repack
from provisioning.values.serials import Serial
from tests.support.inputs.spreadsheets import Cell, archive, workbook, workbook_of
from tests.support.tables import for_each

ONE, TWO, THREE, NEW = "C02XG0FDJGH5", "C02XG0FDJGH6", "C02XG0FDJGH7", "H9TXK7J4QY"
CELL = '<row r="1"><c r="A1" t="str"><v>C02XG0FDJGH5</v></c></row>'
SPREAD = "its cells are too many or too far apart; save only the list, as CSV"
TOO_LARGE = "it is too large when unpacked; save only the sheet with the serials, as CSV"
NUMBERS = "it is a Numbers document; export it as CSV or for Excel"
DAMAGED = "it is damaged; save it again as .xlsx or CSV"


def read(content: bytes) -> ParseResult:
    return files.read_here(content, "macs.xlsx", ("london", "paris"), ("basic", "design"))


def serials(content: bytes) -> list[str]:
    return [entry.serial.text for entry in read(content).entries]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    return caught.value.reason


def test_a_sheet_is_read_with_its_headings_wherever_they_are() -> None:
    content = workbook(
        {
            "Spring": [
                ["Macs for the new floor"],
                [],
                [None, "Location", "Serial Number", "Role"],
                ["1", "London", ONE, "design"],
                [None],
                ["2", "paris", f"={TWO}", None],
            ]
        }
    )

    assert read(content) == ParseResult(
        (
            Entry(Serial(ONE), "London", "design", where="row 4 of Spring"),
            Entry(Serial(TWO), "paris", where="row 6 of Spring"),
        )
    )


def test_every_sheet_is_read_and_what_a_person_does_not_see_is_doubted() -> None:
    sheets: Mapping[str, Sequence[Sequence[Cell]]] = {
        "A": [["SN"], [ONE]],
        "B": [[TWO, "paris"], [ONE, None]],
        "C": [["SN"], [NEW]],
    }

    reading = read(workbook(sheets, hidden=["C"]))

    assert [(entry.serial.text, entry.where, entry.doubt) for entry in reading.entries] == [
        (ONE, "row 2 of A", None),
        (TWO, "row 1 of B", None),
        (NEW, "row 2 of C", "stands in a hidden sheet"),
    ]


def test_macs_of_a_hidden_sheet_in_which_formulas_look_are_told_once() -> None:
    sheets = {"All": [["SN"], [ONE], [TWO]], "Plan": [["SN", "Site"], [f"={ONE}", "paris"]]}

    reading = read(workbook(sheets, hidden=["All"]))

    assert [(entry.serial.text, entry.site, entry.doubt) for entry in reading.entries] == [
        (ONE, "paris", None),
        (TWO, None, "stands in a hidden sheet"),
    ]


def test_a_workbook_whose_list_of_sheets_has_a_number_in_its_name_is_read() -> None:
    plain = workbook({"S": [["SN"], [ONE]]}, hidden=["S"])
    with zipfile.ZipFile(io.BytesIO(plain)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    numbered = {name.replace("workbook.xml", "workbook22.xml"): parts[name] for name in parts}

    assert read(archive(numbered)) == read(plain)


def test_macs_of_a_sheet_that_is_called_after_other_machines_are_left_out() -> None:
    reading = read(workbook({"Macs": [["SN"], [ONE]], "PCs": [["SN"], [TWO]]}))

    assert [entry.serial.text for entry in reading.entries] == [ONE]
    assert [(left.text, left.reason) for left in reading.rejected] == [
        (TWO, "it belongs to a Windows PC, which is no Mac")
    ]


def test_a_sheet_that_is_no_table_is_read_as_text() -> None:
    assert serials(workbook({"Slip": [["Dear all", "hello"], ["one:", f"Serial No.: {ONE}"]]})) == [
        ONE
    ]


def test_serials_of_digits_are_read_as_digits() -> None:
    reading = read(workbook({"S": [["Serial"], [123456789012.0], [1234567890123456.0], [1.5]]}))

    assert [entry.serial.text for entry in reading.entries] == ["123456789012"]
    assert [one.text for one in reading.rejected] == ["1.23457E+15", "1.5"]


def test_cells_that_do_not_say_where_they_are_follow_each_other() -> None:
    rows = f"<row><c t='str'><v>{ONE}</v></c></row><row><c t='str'><v>{TWO}</v></c></row>"

    assert serials(workbook_of({"S": rows})) == [ONE, TWO]


def test_formatting_down_to_the_last_row_is_no_reason_to_refuse() -> None:
    assert serials(
        workbook_of({"S": f'{CELL}<row r="1048576"><c r="XFD1048576" s="1"/></row>'})
    ) == [ONE]


@for_each(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        "<row r='1048576'><c a='>' r='XFD1048576'><v>2</v></c></row>",
        "<row r='1048576'><c a=' r=\"A1\"' r='XFD1048576' b=' r=\"B2\"'><v>2</v></c></row>",
        '<x:row r="1048576"><x:c r="XFD1048576"><v>2</v></x:c></x:row>',
        '<row r="99999999999"><c r="B99999999999"><v>2</v></c></row>',
        f'<row r="1048575"/><row>{"<c><v/></c>" * 9}</row>',
    ],
)
def test_two_cells_at_the_ends_of_a_sheet_do_not_fill_the_memory(far: str) -> None:
    assert refusal(workbook_of({"S": CELL + far})) == SPREAD


def test_texts_that_are_announced_and_not_there_do_not_fill_the_memory() -> None:
    texts = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'uniqueCount="4294967295"><si><t>{ONE}</t></si></sst>'
    )
    cell = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'

    assert serials(workbook_of({"S": cell}, others={"xl/sharedStrings.xml": texts})) == [ONE]


def test_an_archive_that_declares_too_much_is_refused() -> None:
    assert refusal(workbook_of({"S": CELL + " " * 30_000_000})) == TOO_LARGE
    assert refusal(workbook({"S": [[ONE]]}, others={f"{n}.txt": b"" for n in range(1_000)})) == (
        TOO_LARGE
    )


def test_an_archive_that_lies_about_its_length_is_refused() -> None:
    honest = workbook_of({"S": CELL + " " * 101_000_000})
    with zipfile.ZipFile(io.BytesIO(honest)) as packed:
        longest = max(member.file_size for member in packed.infolist())
    liar = honest.replace(struct.pack("<L", longest), struct.pack("<L", 1_000))

    assert refusal(liar) == TOO_LARGE


def test_what_is_not_cells_is_left_behind_unopened() -> None:
    others = {"xl/media/image1.xml": b"<", "inner.zip": b"PK\x03\x04", "xl/vbaProject.bin": b"\0"}

    repacked = repack(archive(others | PARTS), "macs.xlsx")

    with zipfile.ZipFile(io.BytesIO(repacked)) as packed:
        assert set(packed.namelist()) == set(PARTS)
    assert serials(repacked) == serials(WHOLE) == [ONE, TWO]


def test_an_encrypted_workbook_is_refused_with_what_to_do() -> None:
    stream = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    flagged = bytearray(workbook({"S": [[ONE]]}))
    flagged[flagged.index(b"PK\x01\x02") + 8] |= 1

    assert refusal(stream) == "it is encrypted; save it without a password"
    assert refusal(bytes(flagged)) == "it is encrypted; save it without a password"


@for_each(
    ("content", "reason"),
    [
        (archive({"Index/Document.iwa": b""}), NUMBERS),
        (archive({"a.txt": b""}), "it is an archive; send the files in it"),
        (archive({"content.xml": b""}), "it is no Excel workbook; save it as .xlsx or CSV"),
        (archive({"xl/workbook.bin": b""}), "it is no Excel workbook; save it as .xlsx or CSV"),
        (archive({"xl/workbook.xml": b"<workbook"}), DAMAGED),
        (b"PK\x03\x04", DAMAGED),
        (workbook({"S": [[ONE]]})[:-30], DAMAGED),
        (workbook_of({"S": '<row r="1"><c r="A1"><v'}), DAMAGED),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


WHOLE = workbook({"One": [["Serial", "Site"], [ONE, "paris"], [1.5, None]], "Two": [[f"={TWO}"]]})
PARTS = {
    name: zipfile.ZipFile(io.BytesIO(WHOLE)).read(name)
    for name in zipfile.ZipFile(io.BytesIO(WHOLE)).namelist()
}
spots = st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=3)), max_size=4)


def spoilt(content: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for at, other in changes:
        spot = at % len(content)
        content = content[:spot] + other + content[spot + max(1, len(other)) :]
    return content


def attempt(content: bytes) -> ParseResult:
    try:
        return read(content)
    except UnreadableFile:
        return ParseResult()


@given(spots)
def test_any_damage_to_the_archive_is_read_or_refused(changes: list[tuple[int, bytes]]) -> None:
    for entry in attempt(spoilt(WHOLE, changes)).entries:
        assert Serial.parse(entry.serial.text) == entry.serial


@given(st.sampled_from(sorted(PARTS)), spots)
def test_any_damage_inside_the_archive_is_read_or_refused(
    name: str, changes: list[tuple[int, bytes]]
) -> None:
    for entry in attempt(archive(PARTS | {name: spoilt(PARTS[name], changes)})).entries:
        assert Serial.parse(entry.serial.text) == entry.serial
