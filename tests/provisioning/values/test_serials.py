"""Serial numbers: texts that are one, texts that are none, and the nearest known one to a typo."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.values.serials import (
    LONGEST,
    SHORTEST,
    InvalidSerial,
    PlaceholderSerial,
    Serial,
    nearest,
)
from tests.support.tables import for_each

VMWARE = ("VM5v/dACsc+k", "VM/+aaaaaaaa", "VM1/2/3/4/5a", "VM5vodACsc+k")
real = st.from_regex(r"\A(?:[A-Za-z0-9][A-Za-z0-9+=._-]{1,66}|VM[A-Za-z0-9+/]{8,11})\Z")
# With something else in it, it mostly is none any more.
spoilt = st.builds(
    lambda text, other, at: text[:at] + other + text[at:], real, st.text(), st.integers(0, 9)
)
anything = st.text() | real | spoilt


def parsed(text: str) -> Serial | None:
    try:
        return Serial.parse(text)
    except InvalidSerial:
        return None


def reason(text: str) -> str:
    with pytest.raises(InvalidSerial) as caught:
        Serial.parse(text)
    return caught.value.reason


@for_each(
    "text",
    ["C02ABC123DEF", "c02abc123def", "FVFXC2ABCD", "Z+vmware=x._-9", "A1B", "0" * LONGEST, *VMWARE],
)
def test_a_serial_is_kept_as_it_was_written(text: str) -> None:
    assert Serial.parse(text).text == str(Serial.parse(text)) == text


def test_white_space_around_a_serial_is_dropped() -> None:
    assert Serial.parse("\t C02ABC123DEF \r\n") == Serial("C02ABC123DEF")


@for_each(
    ("text", "why"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("C0", "a serial has 3 to 64 characters, this text has 2"),
        ("C" * 65, "a serial has 3 to 64 characters, this text has 65"),
        ("../../etc/passwd", "only letters, digits and + = . _ - can be in one"),
        ("C02\nABC", "only letters, digits and + = . _ - can be in one"),
        ("C02 ABC", "only letters, digits and + = . _ - can be in one"),
        ("C02\0ABC", "only letters, digits and + = . _ - can be in one"),
        ("С02ABC", "its letter С is of another alphabet; type it in Latin letters"),  # Cyrillic
        ("C02ＡBC", "its letter Ａ is of another alphabet; type it in Latin letters"),  # full width
        ("Zürich", "only letters, digits and + = . _ - can be in one"),
        ("C02 für Zoë", "only letters, digits and + = . _ - can be in one"),
        ("{{serial_number}}", "only letters, digits and + = . _ - can be in one"),
        (".hidden", "it has to begin with a letter or a digit"),
        ("...", "it has to begin with a letter or a digit"),
        ("-rf", "it has to begin with a letter or a digit"),
        ("site_default", "Munki uses that name itself"),
        ("Site_Default", "Munki uses that name itself"),
        ("INCLUDED_MANIFESTS", "Munki uses that name itself"),
        ("Catalogs", "Munki uses that name itself"),
        ("selfservemanifest", "Munki uses that name itself"),
        ("NUL", "NUL is the name of a device on Windows"),
        ("com1.lab", "com1.lab is the name of a device on Windows"),
        ("C02ABC.", "other systems take no dot and no blank at the end of a file's name"),
        ("a/b", "only letters, digits and + = . _ - can be in one"),
        ("C02/ABC123DEF", "only letters, digits and + = . _ - can be in one"),
        ("VM5v/dACsc", "only letters, digits and + = . _ - can be in one"),
        ("VM5v/dACsc+kk", "only letters, digits and + = . _ - can be in one"),
        ("VM5v//ACsc+k", "only letters, digits and + = . _ - can be in one"),
        ("VM5vadACsc+/", "only letters, digits and + = . _ - can be in one"),
        ("VM5v/../sc+k", "only letters, digits and + = . _ - can be in one"),
        ("VM12345/NUL/", "only letters, digits and + = . _ - can be in one"),
        ("VM123456/NUL", "NUL is the name of a device on Windows"),
    ],
)
def test_what_is_no_serial_is_refused_with_the_reason(text: str, why: str) -> None:
    assert reason(text) == why


def test_the_refusal_names_the_text_and_no_more_than_its_beginning() -> None:
    with pytest.raises(InvalidSerial, match=r"^'C0' is not a serial number: a serial has 3 to 64"):
        Serial.parse("C0")
    with pytest.raises(InvalidSerial) as caught:
        Serial.parse("x" * 100_000)
    assert len(str(caught.value)) < 200


@given(anything)
def test_whatever_parses_names_one_visible_file_inside_the_manifests_folder(text: str) -> None:
    serial = parsed(text)
    if serial is None:
        return

    path = posixpath.normpath(f"/repo/manifests/{serial}")

    assert path == f"/repo/manifests/{serial}"
    first, *others = path.removeprefix("/repo/manifests/").split("/")
    assert not others or first.upper().startswith("VM")
    assert [part for part in (first, *others) if part.startswith(".")] == []
    assert not first.startswith("-")
    assert str(serial).isascii()
    assert str(serial).isprintable()
    assert SHORTEST <= len(str(serial)) <= LONGEST


@given(anything)
def test_whatever_parses_is_the_same_mac_in_either_case(text: str) -> None:
    if parsed(text) is None:
        return

    assert Serial.parse(text.upper()).key == Serial.parse(text.lower()).key
    assert Serial.parse(text).key == Serial.parse(text).text.upper()


@for_each(
    "typed",
    [
        "C02ABC123DEG",
        "C02ABC132DEF",
        "C02ABC123DE",
        "C02ABC123DEFF",
        "c02abc123d0f",
        "C02ABC12DEFX",
    ],
)
def test_the_serial_that_was_meant_is_found_two_typing_mistakes_away(typed: str) -> None:
    assert nearest(Serial(typed), ["FVFXC2ABCD", "C02ABC123DEF"]) == ["C02ABC123DEF"]


def test_a_serial_three_mistakes_away_is_another_mac() -> None:
    assert nearest(Serial("C02ABC123XYZ"), ["C02ABC123DEF"]) == []


def test_the_nearest_comes_first_and_three_are_enough() -> None:
    keys = ["C02AAAZZ", "C02AAAAZ", "C02AABBA", "C02AAAAA", "C02AAABA"]

    found = nearest(Serial("c02aaaaa"), keys)

    assert found[0] == "C02AAAAA"
    assert set(found[1:]) == {"C02AAAAZ", "C02AAABA"}


def test_nothing_is_near_where_nothing_is_registered() -> None:
    assert nearest(Serial("C02ABC"), []) == []


@for_each(
    "text",
    [
        *("UNKNOWN", "none", "SystemSerialNumb", "System-Serial-Number", "DefaultString"),
        *("000000000000", "0123456789", "1234567890", "123456789", "XXXXXXXXXXXX"),
    ],
)
def test_what_macs_without_a_serial_say_is_known(text: str) -> None:
    assert Serial.parse(text).is_placeholder


@for_each("text", ["N/A", "To Be Filled By O.E.M.", "Default string", "System Serial Number"])
def test_a_placeholder_with_spaces_is_refused_as_what_it_is(text: str) -> None:
    with pytest.raises(PlaceholderSerial, match="it is what Macs without a serial number say"):
        Serial.parse(text)


@for_each("text", ["C02ABC123DEF", "FVFXC2ABCD", "MAC0000001", "123", "VM5v/dACsc+k"])
def test_a_serial_of_a_macs_own_is_no_placeholder(text: str) -> None:
    assert not Serial.parse(text).is_placeholder
