"""Pasted texts, and the serials in them."""

from hypothesis import given
from hypothesis import strategies as st

from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.values.serials import Serial
from tests.support.suite.work import calls_in
from tests.support.tables import for_each

SITES = ("london", "new york", "paris")
BUILDS = ("basic", "design", "developer")
ONE, TWO, THREE, NEW = "C02XG0FDJGH5", "C02XG0FDJGH6", "C02XG0FDJGH7", "H9TXK7J4QY"

PACKING_SLIP = f"""\
ACME Resale Ltd – Packing slip for Example Corp
Order No. 4500ABC123   Date: 2024-05-12 10:31   PO 7781X00234
Qty 2  MK183LL/A  MacBook Pro 16" M1 Pro 512GB Z0XR  $2,499.00
Z15G000PC A2338 1 x 96W USB-C
Serial No.: {ONE}
S/N {TWO}, SN: {THREE}
(1P) MK183LL/A (S) {NEW}
Tracking: 1Z999AA10123456784
Ethernet ID: A483E7112233
Kind regards,
Jane Doe | Logistics | +44 20 7946 0958 | jane.doe2@acme0123456.example
https://acme.example/orders/AB12CD34EF56
"""


def read(text: str) -> ParseResult:
    return free_text.read(text, SITES, BUILDS)


def serials(text: str) -> list[str]:
    return [entry.serial.text for entry in read(text).entries]


def told(text: str) -> list[tuple[str | None, str | None]]:
    return [(entry.site, entry.build) for entry in read(text).entries]


def only(text: str) -> Entry:
    reading = read(text)
    assert len(reading.entries) == 1
    return reading.entries[0]


@for_each(
    "between", ["\n", "\r\n", " ", ", ", ",", ";", "\t", "/", " / ", "\n\n", "\u00a0", "\u2028"]
)
def test_serials_may_be_separated_by_anything(between: str) -> None:
    assert serials(between.join([ONE, TWO, NEW])) == [ONE, TWO, NEW]


@for_each(
    "text",
    [
        f"`{ONE}`",
        f"```\n{ONE}\n```",
        f"*{ONE}*",
        f"_{ONE}_",
        f"“{ONE}”",
        f"({ONE}).",
        "C02XG0\u200bFDJGH5\ufeff",
        f"<http://c02xg0fdjgh5.example|{ONE}>",
        f"<@U012ABC3456> {ONE}",
        f"<#C012ABC3456|c02xg0fdjgh9> {ONE}",
        f"A &amp; B: {ONE}&nbsp;",
        f"&gt; {ONE}",
        "C02XG0FDJGH&#53;",
        f"1. {ONE}",
        f"• {ONE}",
        f"- {ONE} –",
        "c02xg0fdjgh5",
        "C02xg0fdjgh5",
    ],
)
def test_what_clings_to_a_serial_is_not_part_of_it(text: str) -> None:
    assert read(text).rejected == ()
    assert only(text).serial.text == ONE
    assert only(text).doubt is None


def test_a_packing_slip_holds_its_serials_and_nothing_else() -> None:
    assert serials(PACKING_SLIP) == [ONE, TWO, THREE, NEW]
    assert {entry.where for entry in read(PACKING_SLIP).entries} == {"line 5", "line 6", "line 7"}


def test_what_looks_like_a_serial_but_is_labelled_otherwise_is_not_lost_in_silence() -> None:
    rejected = {one.text: one.where for one in read(PACKING_SLIP).rejected}

    assert rejected["A483E7112233"] == "line 9"
    assert rejected["4500ABC123"] == rejected["7781X00234"] == "line 2"
    [inside] = read("https://macs.example/by-serial/c02xg0fdjgh5/london").rejected
    assert inside.text == ONE


@for_each(
    "label",
    [
        "Serial number: ", "serial #", "SERIAL NO. ", "Serials: ", "S/N:", "s/n ", "SN=", "(S)",
        "(S) Serial No. ", "Seriennummer: ",
        "Numéro de série : ", "número de serie ", "Nº de serie ",
    ],
)  # fmt: skip
def test_a_label_makes_any_serial_one(label: str) -> None:
    assert serials(f"and here {label}Z+vm-1 of it") == ["Z+vm-1"]
    assert serials(f"and here {label}123456789012 of it") == ["123456789012"]


@for_each(
    "text",
    [
        "hello world",
        "Thanks\nJane",
        "Please image the MacBooks for design in London by Friday 12.05.2024.",
        "serial numbers follow",
        "16GB RAM, 512GB SSD, 14-inch",
        "call 02079460958 or +1-800-555-0199",
        "in order to image them",
        "1PMK183LL/A",
        "1PZ15G000PC",
        "550e8400-e29b-41d4-a716-446655440000",
        "",
        "\n\t \n",
    ],
)
def test_words_and_numbers_are_no_serials(text: str) -> None:
    assert read(text) == ParseResult()


@for_each("text", ["Z+vmware=x._-9", "Parallels-12-AB", "z1y2x3w4.v"])
def test_a_virtual_mac_keeps_its_own_spelling_where_it_stands_alone(text: str) -> None:
    assert only(text).serial.text == text
    assert serials(f"{ONE}\n{text} london\n") == [ONE, text]
    assert only(text).doubt is None


def test_a_text_of_one_short_serial_is_taken_at_its_word() -> None:
    assert serials("C02ABC") == ["C02ABC"]


def test_the_scanners_s_goes_only_where_the_serial_would_be_too_long() -> None:
    assert serials(f"S{ONE}\n1PMK183LL/A\ns{TWO.lower()}\nS{ONE}\n") == [ONE, TWO]
    assert serials(f"S02XG0FDJGH5 {ONE}") == ["S02XG0FDJGH5", ONE]


@for_each(
    ("text", "doubt"),
    [
        ("CO2XG0FDJGH5", "has a letter O, which Apple never uses; a zero?"),
        ("C02XG0FDJGHI", "has a letter I, which Apple never uses; a one?"),
        ("C02XG0FDJ", "has 9 characters, Apple's serials have 10 to 12; is one missing?"),
        ("C02XG0FDJGH55", "has 13 characters, Apple's serials have 10 to 12; is one too many?"),
        ("194253081234", "has only digits; a product's barcode?"),
        (f"S{NEW}", "was written with an S before it, as labels have it"),
        (f"~{THREE}~", "is struck through"),
        ("C02ABCDEF012", "may be none: it looks like a MAC address"),
        (
            "AT20012345",
            "may be none: it looks like an asset's or an order's number: letters, then digits",
        ),
        ("C02XG0FDJGH?", "begins as Apple's serials of 12 characters do; is its end missing?"),
    ],
)
def test_what_is_probably_wrong_is_doubted_and_not_lost(text: str, doubt: str) -> None:
    doubted = read(f"{ONE}\n{text}").entries[1]

    assert doubted.doubt == doubt


@for_each(
    ("text", "reason"),
    [
        ("C02XG0?DJGH5", "its ? is no letter and no digit; type what stands there"),
        (
            "С02XG0FDJGH5",  # Cyrillic
            "its letter С is of another alphabet; type it in Latin letters",
        ),
        (f"photo_{ONE}.jpg of it", "more than a serial is in it; put a space around the serial"),
        ("W1234567890", "it looks like an order's number"),
        ("Warehouse12", "it looks like a word; write it in capitals if it is a serial"),
        ("MANCHESTER", "it has no digit, so it is taken for a word"),
        ("C02AB", "Apple's serials have 10 to 12 characters, not 5"),
    ],
)
def test_what_is_nearly_a_serial_is_rejected_with_the_reason(text: str, reason: str) -> None:
    reading = read(f"{ONE}\n{text}")

    assert [entry.serial.text for entry in reading.entries] == [ONE]
    assert [(one.where, one.reason) for one in reading.rejected] == [("line 2", reason)]


@for_each(
    ("text", "macs"),
    [
        (f"iPads:\n{NEW}\nLondon:\n{ONE}", [ONE]),
        (f"{ONE}\niPhones:\n{NEW}\nThe rest:\n{TWO}", [ONE, TWO]),
        (f"iPads:\nSerial numbers:\n{NEW}\nS/N:\n{THREE}", []),
        (f"iPad\nSerial number:\n{NEW}", []),
    ],
)
def test_the_machine_of_a_heading_is_that_of_all_below_it_until_the_next_one(
    text: str, macs: list[str]
) -> None:
    """A label of serials is none."""
    assert serials(text) == macs


def test_an_item_above_a_blank_line_is_not_about_the_record_below_it() -> None:
    first = "Serial: H2RT6N8YQD\nPart: MUXD3B/A\niPhone 16 128GB\nRegards\n\n"

    assert "G7KQ2M4XWP" in serials(
        f"{first}Serial: G7KQ2M4XWP\nPart: MC6T4B/A\nMacBook Air 13-inch"
    )


def test_columns_out_of_a_spreadsheet_are_read_as_columns() -> None:
    pasted = f"Note\tS/N\tOffice\nfor design\t{ONE.lower()}\tSomewhere\n\t{TWO}\tParis\n"

    assert read(pasted).entries == (
        Entry(Serial(ONE), "Somewhere", None, "for design", "line 2"),
        Entry(Serial(TWO), "Paris", None, "", "line 3"),
    )


def test_columns_without_headings_are_read_too() -> None:
    assert told(f"{ONE}\tParis\tbasic\n{TWO}\tLondon\tdesign") == [
        ("Paris", "basic"), ("London", "design"),
    ]  # fmt: skip


pieces = st.sampled_from(
    (
        *(ONE, TWO.lower(), "S" + THREE, "C02XG0?DJGH5", "1PMK183LL/A", "Z+vm=1._-", "order "),
        *("london", "New York", "design", "Serial No.: ", "S/N ", "(S)", "&amp;", "<http://x|"),
        *("\t", "\n", " ", ",", "/", "?", ">", "\ue000", "\ue001", "_", "ß", "İ", "ſ"),
    )
)
hostile = st.lists(pieces | st.text(max_size=3), max_size=20).map("".join)


@given(hostile)
def test_any_text_is_read_and_every_serial_in_it_is_one(text: str) -> None:
    for entry in read(text).entries:
        assert Serial.parse(entry.serial.text) == entry.serial
        assert entry.where.startswith("line ")


def test_a_serial_that_ends_as_a_size_is_one_where_it_has_the_form_of_old_serials() -> None:
    assert serials("C02XK1EQJGH5\nC02XK1EQA1TB\nC02X512GBA1T") == [
        "C02XK1EQJGH5",
        "C02XK1EQA1TB",
        "C02X512GBA1T",
    ]
    assert serials("C02XK1EQJGH5\nMBP14X512GB1") == ["C02XK1EQJGH5"]


# Four X in a row stand for a serial that is not known.
@given(
    st.lists(
        st.from_regex(r"\AC02[A-HJ-NP-Z0-9]{9}\Z").filter(lambda text: "XXXX" not in text),
        max_size=9,
    )
)
def test_a_list_of_serials_is_read_whole(listed: list[str]) -> None:
    assert serials("\n".join(listed)) == list(dict.fromkeys(listed))


def test_the_work_for_lines_that_might_begin_a_table_grows_as_their_number() -> None:
    def work(line: str, number: int) -> int:
        text = "\n".join([*[line] * number, ONE])
        return calls_in(lambda: read(text))

    for line in ("Serial: x", "a  b  c"):
        assert work(line, 80) < 3 * work(line, 40), line
