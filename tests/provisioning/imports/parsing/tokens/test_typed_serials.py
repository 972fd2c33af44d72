"""Serials that a person typed on purpose."""

import pytest

from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.tokens.serial_shapes import typed
from provisioning.values.serials import InvalidSerial
from tests.support.tables import for_each


def test_what_was_typed_on_purpose_is_doubted_all_the_same() -> None:
    text = "c02xg0fdjgh5 c02zo1j7md6r london design"

    sure, doubtful = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert sure.doubt is None
    assert doubtful.doubt == "has a letter O, which Apple never uses; a zero?"


@for_each("tag", ["AT-0042", "AT20012345", "IT4711"])
def test_what_may_be_the_tag_of_a_mac_is_asked_about_beside_its_serial(tag: str) -> None:
    for text in (f"{tag} C02XG0FDJGH5 london design", f"C02XG0FDJGH5 {tag} london design"):
        entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

        doubted = {entry.serial.text: entry.doubt is not None for entry in entries}
        assert doubted == {tag: True, "C02XG0FDJGH5": False}


def test_virtual_macs_are_meant_where_they_are_typed_among_themselves() -> None:
    text = "VMW-12 VMW-13 london design"

    entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert [(entry.serial.text, entry.doubt) for entry in entries] == [
        ("VMW-12", None),
        ("VMW-13", None),
    ]


@for_each(
    ("text", "places"),
    [
        ("VMW-12 london design\nVMW-13 new york kiosk", "london design, new york kiosk"),
        ("VMW-12, london, design\nVMW-13, new york, kiosk\n", "london design, new york kiosk"),
        ("VMW-12: design london\nVMW-13: kiosk\n", "london design, None kiosk"),
        ("VMW-12\nVMW-13\nlondon design", "london design, london design"),
        ("london:\nVMW-12 design\nVMW-13 kiosk", "london design, london kiosk"),
        ("london kiosk\nVMW-12\nnew york design\nVMW-13", "london kiosk, new york design"),
        ("VMW-12\nlondon kiosk\nVMW-13\nnew york design", "None None, None None"),
        ("VMW-12 london kiosk VMW-13 new york design", "None None, None None"),
        ("VMW-12\nVMW-13", "None None, None None"),
    ],
)
def test_virtual_macs_have_the_places_of_their_lines(text: str, places: str) -> None:
    """As Apple's serials do: the form of a text counts, and not that of its serials."""
    entries = free_text.read_typed(
        text, text.split(), ["london", "new york"], ["design", "kiosk"]
    ).entries

    assert [entry.serial.text for entry in entries] == ["VMW-12", "VMW-13"]
    assert ", ".join(f"{entry.site} {entry.build}" for entry in entries) == places


def test_a_serial_that_is_shorter_than_others_is_meant_where_it_is_typed_alone() -> None:
    text = "C02XG0FDJG a b"

    assert free_text.read_typed(text, text.split(), ["a"], ["b"]).entries[0].doubt is None
    assert free_text.read_list("C02XG0FDJG\n").entries[0].doubt is None
    assert free_text.read_list("C02XG0FDJG C02YK1QWLV").entries[0].doubt is not None


def test_a_serial_of_vmwares_is_one_word_in_any_text() -> None:
    for text in (
        "VM5v/dACsc+k london design",
        "VM5v/dACsc+k",
        "Serial: VM5v/dACsc+k",
        "- VM5v/dACsc+k,\n- VM5v/dACsc+k",
        "serial,site\nVM5v/dACsc+k,london",
    ):
        entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries
        assert [entry.serial.text for entry in entries] == ["VM5v/dACsc+k"], text


@for_each("text", ["C02XG0FDJGH5 zürich (design)", "C02XG0FDJGH5 [zurich] design."])
def test_the_names_behind_a_serial_may_stand_in_brackets_and_without_accents(text: str) -> None:
    (entry,) = free_text.read_typed(text, text.split(), ["zürich"], ["design"]).entries

    assert (entry.site, entry.build) == ("zürich", "design")


def test_two_serials_around_a_slash_before_a_place_are_two() -> None:
    text = "C02XG0FDJGH5/H4WK7Q0PXV london design"

    entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert [entry.serial.text for entry in entries] == ["C02XG0FDJGH5", "H4WK7Q0PXV"]


def test_other_words_with_a_slash_stay_two_words() -> None:
    for text in ("c02xg0fdjgh5/c02zq1j7md6r", "C02XG0FDJGH5/C02ZQ1J7MD6R VMware/ESXi7.0 today"):
        entries = free_text.read(text).entries
        assert [entry.serial.text for entry in entries] == ["C02XG0FDJGH5", "C02ZQ1J7MD6R"], text


def test_what_macs_without_a_serial_say_is_doubted() -> None:
    text = "UNKNOWN1 000000000000 london design"
    entries = free_text.read_typed(text, text.split(), ["london"], ["design"]).entries

    assert [entry.doubt for entry in entries] == [
        None,
        "is what Macs without a serial number say; does it have none of its own?",
    ]


@for_each(
    "text",
    [
        *("c02xg0fdjgh5", " C02XG0FDJGH5. ", "C02xg0fdjgh5,", "“C02XG0FDJGH5”", "(C02XG0FDJGH5)"),
        *("SN: C02XG0FDJGH5", "S/N C02XG0FDJGH5", "Serial no. C02XG0FDJGH5", "C02X G0FD JGH5"),
        *("Ｃ０２ＸＧ０ＦＤＪＧＨ５", "C02XG0-FDJGH5", "#C02XG0FDJGH5…"),
        *("\u202dC02XG0FDJGH5\u202c", "\u2068C02XG0FDJGH5\u2069", "C02XG0FDJGH5\u200b"),
    ],
)
def test_a_serial_in_a_field_is_what_a_person_means(text: str) -> None:
    assert typed(text).text == "C02XG0FDJGH5"


@for_each("text", ["Z+vm=1._-9", "VM5v/dACsc+k", "Parallels-12-AB", "z1y2x3w4.v", "SN12AB34CD56"])
def test_a_serial_that_is_another_than_apples_stays_as_it_is_typed(text: str) -> None:
    assert typed(text).text == text


@for_each("text", ["", "...", "SN:", "../../x", "a b"])
def test_what_is_no_serial_in_a_field_is_refused(text: str) -> None:
    with pytest.raises(InvalidSerial):
        typed(text)
