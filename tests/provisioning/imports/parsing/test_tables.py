"""Tables of Macs: their formats, the entries in them, and tables that are refused."""

import csv
import io
import re

from hypothesis import example, given
from hypothesis import strategies as st

from provisioning.imports.parsing import files
from provisioning.imports.parsing.entries import Entry, ParseResult, UnreadableFile
from provisioning.imports.parsing.tokens.labels import SERIAL_LABEL
from provisioning.imports.parsing.tokens.serial_shapes import is_apple
from provisioning.values.serials import Serial
from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each

SITES = ("london", "new york", "paris")
BUILDS = ("basic", "design", "developer")
ONE, TWO, THREE, NEW = "C02XG0FDJGH5", "C02XG0FDJGH6", "C02XG0FDJGH7", "H9TXK7J4QY"


def read(content: bytes | str) -> ParseResult:
    raw = content.encode() if isinstance(content, str) else content
    return files.read_here(raw, "macs.csv", SITES, BUILDS)


def serials(content: bytes | str) -> list[str]:
    return [entry.serial.text for entry in read(content).entries]


@for_each("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@for_each("delimiter", [",", ";", "\t", "|"])
@for_each("newline", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_it_was_saved(encoding: str, delimiter: str, newline: str) -> None:
    rows = [("Serial", "Site", "Build", "Note"), (ONE, "London", "design", "für Zoë"), (TWO,)]
    text = newline.join(delimiter.join(row) for row in rows) + newline

    assert read(text.encode(encoding)).entries == (
        Entry(Serial(ONE), "London", "design", "für Zoë", "line 2"),
        Entry(Serial(TWO), where="line 3"),
    )


def test_the_other_columns_come_in_any_order() -> None:
    reading = read(f"Remark;Role;Price;OFFICE;Serial\nx;Design;3,50;Rome;{ONE}\n")

    assert reading.entries == (Entry(Serial(ONE), "Rome", "Design", "x", "line 2"),)


def test_a_serial_that_reads_like_a_heading_but_for_its_digits_is_a_serial() -> None:
    assert serials("Serial,Site\nSN0,paris\nSite1,paris\n") == ["SN0", "Site1"]


@for_each(
    ("text", "macs"),
    [
        (
            "Serial  $A | Site: london | Build: design\nSerial  $B | Site: london | Build: lab",
            "A london design, B london lab",
        ),
        (
            "Serial $A | Location: london | Role: design | Name: lab-1\n$B | paris | lab | lab-2",
            "A london design lab-1, B paris lab lab-2",
        ),
        (
            "Name: Bernd, Serial: FKTVNYPMPJ, Site: paris\nName: Dirk, Serial: $B, Site: paris",
            "FKTVNYPMPJ paris, B paris",
        ),
        ("FKTVNYPMPJ\tChloe\n$A\tAnna", "FKTVNYPMPJ, A"),
        ("S/N FKTVNYPMPJ, Anna\nS/N $A, Bernd\nS/N $B, Dirk", "FKTVNYPMPJ, A, B"),
        (
            "Serial: $A | Site: paris | Build: lab\nName: Anna, Serial: $B, Site: london",
            "A paris lab, B london",
        ),
        (
            "Serial\tSite\tBuild\nName: Anna, Serial: $A, Site: london\nName: Bo, Serial: $B",
            "A london, B",
        ),
        ("serial,site\n$A / FKTVNYPMPJ,london", "A london, FKTVNYPMPJ london"),
        ("Serials: FKTVNYPMPJ; $A\nDestination: paris", "FKTVNYPMPJ paris, A paris"),
    ],
)
def test_a_row_with_a_serial_is_never_one_of_headings_and_no_serial_part_of_a_name(
    text: str, macs: str
) -> None:
    """Nor is one without a digit, as one in fifty is, if it is no word."""
    assert pasted(text).macs == macs


def test_words_in_capitals_beside_serials_are_none() -> None:
    assert dropped("serial,site\n$A TECHNOLOGY,london\n$B (DEPARTMENT),paris").macs == (
        "A london, B paris"
    )


def test_the_plainest_heading_wins() -> None:
    entry = read(f"Type,Build,SN,Location,Site\nMacBook,design,{ONE},Floor 3,paris\n").entries[0]

    assert (entry.site, entry.build) == ("paris", "design")


def test_titles_above_the_headings_and_headings_on_every_page_are_no_macs() -> None:
    page = f"Serial Number,Site\n{ONE},paris\n"

    reading = read(f"Macs for Ann and others,\n,\n{page},\n{page}")

    assert reading == ParseResult((Entry(Serial(ONE), "paris", where="line 4"),))


def test_without_headings_the_columns_are_told_by_what_is_in_them() -> None:
    reading = read(f"1,design,{ONE},New York\n2,basic,{TWO},paris\n3,basic,C02?XG0FD,rome\n")

    assert reading.entries == (
        Entry(Serial(ONE), "New York", "design", where="line 1"),
        Entry(Serial(TWO), "paris", "basic", where="line 2"),
    )
    assert [(one.text, one.where) for one in reading.rejected] == [("C02?XG0FD", "line 3")]


def test_several_serials_in_a_row_are_all_read() -> None:
    assert serials(f"{ONE},{TWO}\n{THREE},{NEW}\n") == [ONE, TWO, THREE, NEW]
    assert {entry.doubt for entry in read(f"{ONE},{TWO}\n{THREE},{NEW}\n").entries} == {None}


def test_which_of_several_is_the_serial_is_a_doubt() -> None:
    doubts = [entry.doubt for entry in read(f"{ONE},LN2X012Q45,x\n{TWO},LN7R388Q4K,y").entries]

    assert doubts == ["stands in one row with 1 more that may be the serial"] * 4


@for_each(
    ("cell", "reason"),
    [
        (
            "1.23457E+11",
            "the spreadsheet has rounded it; format the cells as text and type it anew",
        ),
        ("1,2E+15", "the spreadsheet has rounded it; format the cells as text and type it anew"),
        ("n/a", "it is what Macs without a serial number say; give this one its own"),
        ("site_default", "Munki uses that name itself"),
        ("C0", "a serial has 3 to 64 characters, this text has 2"),
        ("1.5", "it is a number with a fraction"),
        ("2024-05-12", "it is a date"),
        ("12/05/24", "it is a date"),
        ("C02XG0FDJG?5", "its ? is no letter and no digit; type what stands there"),
        ("Total of all Macs", "there is no serial in it"),
        ("pending", "it has no digit, so it is taken for a word"),
    ],
)
def test_what_is_no_serial_in_their_column_is_rejected_with_its_line(
    cell: str, reason: str
) -> None:
    rejected = read(f"Serial;Site\n{ONE};paris\n\n{cell};paris\n").rejected

    assert [(one.text, one.where, one.reason) for one in rejected] == [(cell, "line 4", reason)]


def test_a_row_without_its_serial_is_not_lost_in_silence() -> None:
    reading = read(f"Serial,Site,More\n{ONE},paris,\n,paris,\n,x,{TWO}\n,,\n")

    assert [(one.text, one.where, one.reason) for one in reading.rejected] == [
        ("", "line 3", "there is no serial in this row")
    ]
    assert [(one.serial.text, one.doubt) for one in reading.entries] == [
        (ONE, None),
        (TWO, "is not in the column of the serials"),
    ]


def test_a_quotation_mark_without_its_partner_swallows_nothing() -> None:
    table = f'Serial,Note\n{ONE},"13 inch\n{TWO},14"\n"{THREE}","a, b"\n'

    assert serials(table) == [ONE, TWO, THREE]


def test_quoted_cells_may_hold_delimiters_and_lines() -> None:
    reading = read(f'Serial,Note,Site\n{ONE},"a, ""b""\nc",paris\n{TWO},,rome\n')

    assert [entry.note for entry in reading.entries] == ['a, "b"\nc', ""]
    assert [entry.where for entry in reading.entries] == ["line 2", "line 4"]


@for_each("cells", [("Reception", "Library"), ("Anna", "Cem")])
def test_words_below_a_plain_heading_of_names_are_kept_as_a_note(cells: tuple[str, str]) -> None:
    first, second = cells
    reading = read(f"Name,Serial\n{first},{ONE}\n{second},{TWO}\n".encode())

    assert [entry.note for entry in reading.entries] == [first, second]
    assert not any(entry.name for entry in reading.entries)


def test_excel_s_own_first_line_names_the_delimiter() -> None:
    reading = read(f"sep=|\r\nSerial|Note\r\n{ONE}|a,b,c\r\n{TWO}|d,e,f\r\n")

    assert [(one.note, one.where) for one in reading.entries] == [
        ("a,b,c", "line 3"), ("d,e,f", "line 4"),
    ]  # fmt: skip


def test_a_list_that_is_no_table_is_read_as_text() -> None:
    reading = read(f"Dear all,\nSerial No.: {ONE} for London, design.\nThanks")

    assert reading.entries == (Entry(Serial(ONE), "London", "design", where="line 2"),)


def test_an_empty_file_holds_nothing() -> None:
    assert read(b"") == read(b"\xef\xbb\xbf\r\n") == ParseResult()


def test_empty_rows_do_not_count_and_far_columns_are_not_looked_at() -> None:
    assert serials(b"\n" * 30_000 + ONE.encode()) == [ONE]
    assert [
        entry.site for entry in read(f"Serial{',' * 200}Site\n{ONE}{',' * 200}paris\n").entries
    ] == [None]


def is_several(text: str) -> bool:
    """True for serials of Apple's form with signs between them, each of which is a Mac."""
    parts = re.split(r"[+=._-]+", text.upper())
    return len(parts) > 1 and all(map(is_apple, parts))


def is_labelled(text: str) -> bool:
    """True for a serial behind a label or the letter of an item: `SN=C02XG0FDJGH5`, `B.C02…`."""
    is_item = re.fullmatch(r"(?:[A-Za-z]+[._]?=|[A-Za-z][._=-]+)[A-Za-z0-9]{10,12}", text)
    return is_item is not None or SERIAL_LABEL.match(text) is not None


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
listed = st.lists(
    st.tuples(
        st.from_regex(r"\A[A-Z][A-Za-z0-9+=._-]{1,20}[0-9]\Z")
        .filter(lambda text: len(text) not in (11, 13) and "E+" not in text.upper())
        .filter(lambda text: not text.isalnum() or text == text.upper())
        .filter(lambda text: not is_several(text) and not is_labelled(text)),
        cells,
        cells,
    ),
    max_size=8,
    unique_by=lambda row: row[0].upper(),
)


@given(listed, st.sampled_from(",;\t|"), st.sampled_from(["utf-8-sig", "utf-16"]))
@example([("A00", "", "NEU")], ",", "utf-8-sig")  # which is a heading, too
def test_what_csv_wrote_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([("serial", "site", "note"), *rows])

    reading = read(file.getvalue().encode(encoding))

    assert [entry.serial.text for entry in reading.entries] == [serial for serial, _, _ in rows]
    assert reading.rejected == ()


seeds = st.sampled_from(
    (
        *(b"Serial,Site\n", b"C02XG0FDJGH5", b",", b";", b"\t", b'"', b"\n", b"\r", b"sep=;\n"),
        *(b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\0", b"1E+9", b"# "),
    )
)


def attempt(content: bytes) -> ParseResult:
    try:
        return read(content)
    except UnreadableFile:
        return ParseResult()


@given(st.lists(seeds | st.binary(max_size=4), max_size=12).map(b"".join))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for entry in attempt(content).entries:
        assert Serial.parse(entry.serial.text) == entry.serial
