"""Serials without a digit, as one in thirty is, wherever others are read."""

from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from tests.support.inputs.lists import D, dropped, pasted
from tests.support.tables import for_each

OLD = "FVFQWLJYLYWG"  # as Apple made them until 2021
RANDOM = "XKCDFGHJLM"  # as Apple makes them since
PLACES = {
    "among others alone in their lines": ("$A\nSERIAL", "A, SERIAL"),
    "in a table with headings": (
        "Status\tSerial\tSite\nNew\tSERIAL\tparis\nNew\t$A\tlondon",
        "SERIAL paris, A london",
    ),
    "first in a table of labels and values": (
        "Serial: SERIAL, Site: paris\nSerial: $A, Site: london",
        "SERIAL paris, A london",
    ),
    "behind a label, before others": (
        "Serial Number(s): SERIAL, $A, $B\nTracking: 1Z999AA10123456784\nparis",
        "SERIAL paris, A paris, B paris",
    ),
    "above lines of its own": ("- SERIAL\n  - paris\n- $A\n  - london", "SERIAL paris, A london"),
    "above the last line of a paragraph": (
        "SERIAL\nparis\n\n$A\nlondon",
        "SERIAL paris, A london",
    ),
    "behind a name and a place": (
        "Ann, paris, lab: SERIAL\nBen, london, lab: $A",
        "SERIAL paris lab, A london lab",
    ),
}


@for_each(("text", "macs"), PLACES.values(), ids=PLACES)
def test_letters_as_no_word_has_them_are_a_serial(text: str, macs: str) -> None:
    for serial in (OLD, RANDOM):
        assert pasted(text.replace("SERIAL", serial)).macs == macs.replace("SERIAL", serial)


@for_each(
    ("text", "macs"),
    [
        ("Serial: SERIAL, Site: paris\nSerial: $A, Site: london", "SERIAL paris, A london"),
        ("Serial: $A, Site: london\nSerial: SERIAL, Site: paris", "A london, SERIAL paris"),
        ("S/N SERIAL | paris\nS/N $A | london", "SERIAL paris, A london"),
        ("SN: SERIAL\n$A", "SERIAL, A"),
    ],
)
def test_in_a_file_it_is_no_heading_behind_a_label(text: str, macs: str) -> None:
    for serial in (OLD, RANDOM):
        assert dropped(text.replace("SERIAL", serial)).macs == macs.replace("SERIAL", serial)


def test_one_that_another_replaces_is_left_out() -> None:
    assert pasted(f"swap {OLD} for $A, paris").macs == "A paris"


@for_each("word", ["HAUPTSTRASSE", "GESELLSCHAFT", "MANNSCHAFT", "WATCHSTRAP"])
@for_each(
    ("text", "macs"),
    [
        ("$A london WORD 5", "A london"),
        ("london\nWORD 5\n$A", "A london"),
        ("$A WORD, london", "A london"),
        ("WORD;XYZ;WO\n$A;Ann;london\n$B;Ben;paris", "A london, B paris"),
        ("Serial;Site\n$A WORD;london\n$B WORD;paris", "A london, B paris"),
    ],
)
def test_words_with_many_consonants_are_none(word: str, text: str, macs: str) -> None:
    assert pasted(text.replace("WORD", word)).macs == macs


def test_a_word_that_can_hardly_be_said_is_asked_about() -> None:
    assert pasted("$A STRENGTHLESS london").macs == "A london, STRENGTHLESS? london"


def test_one_in_a_cell_with_another_serial_is_not_lost() -> None:
    assert dropped("Serial,Site\n$A JXKRTAWHEL,london").macs == "A london, JXKRTAWHEL london"


def test_letters_that_apple_never_uses_are_none() -> None:
    assert pasted("$A london ZMRZLINKRS 5").macs == "A london"


@for_each("word", ["WIRTSCHAFT", "RECHTSSCHUTZ", "HERBSTZEIT", "BOOKKEEPER", "xkcdfghjlm"])
def test_words_and_small_letters_are_none(word: str) -> None:
    assert not looks_serial(word)


def test_a_scanner_writes_its_s_before_them_as_well() -> None:
    scanned = f"Time,Format,Content\n10:11,CODE_128,S{D}\n10:12,CODE_128,S{OLD}"

    assert dropped(scanned).macs == f"D, {OLD}"


def test_what_can_hardly_be_said_is_asked_about_without_the_s_of_a_label() -> None:
    assert pasted("SXKTWEAQLMP london").macs == "XKTWEAQLMP? london"
