"""Names of computers: what can be one, and what the network makes of it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provisioning.values.computer_names import LONGEST, InvalidComputerName, host_name, parse, tamed
from tests.support.tables import for_each


@for_each("name", ["lab-07", "Front desk", "Zürich_2.1", "7", "東京 1", "a" * LONGEST])
def test_what_people_call_macs_is_taken_as_it_is(name: str) -> None:
    assert parse(name) == name


def test_white_space_and_accents_are_stored_in_one_way() -> None:
    assert parse("  Zu\u0308rich \t lab ") == "Z\u00fcrich lab"


@for_each(
    ("text", "reason"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("-rf", "begin with a letter or a digit"),
        ("--set", "begin with a letter or a digit"),
        ("lab'07", "only letters, digits, spaces"),
        ("$(reboot)", "only letters, digits, spaces"),
        ("a`b`", "only letters, digits, spaces"),
        ("a;b", "only letters, digits, spaces"),
        ("a&amp;b", "only letters, digits, spaces"),
        ("a/b", "only letters, digits, spaces"),
        ("{{serial_number}}", "only letters, digits, spaces"),
        ("a\u202eb", "only letters, digits, spaces"),
        ("a\x00b", "only letters, digits, spaces"),
        ("é" * 32, "it has 64 bytes, and macOS takes 63"),
        ("東京", "a letter from A to Z or a digit"),
    ],
)
def test_what_can_be_no_name_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidComputerName, match=re.escape(reason)):
        parse(text)


@for_each(
    ("name", "host"),
    [
        ("lab-07", "lab-07"),
        ("Front desk", "Front-desk"),
        ("Zürich Lab 7", "Zurich-Lab-7"),
        ("Straße_2.1", "Strasse-2-1"),
        ("Sør", "Sor"),
        ("東京 1", "1"),
        ("lab.", "lab"),
    ],
)
def test_the_network_gets_letters_digits_and_hyphens(name: str, host: str) -> None:
    assert host_name(name) == host


@given(st.text(max_size=80))
def test_whatever_is_a_name_is_one_line_and_one_host(text: str) -> None:
    try:
        name = parse(text)
    except InvalidComputerName:
        return
    assert parse(name) == name
    assert len(name.splitlines()) == 1
    assert not set("'\"$`\\&<>{};|*?~!#()[]=/:\n") & set(name)
    assert re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", host_name(name))


@example("\u0300")
@given(st.text(max_size=80))
def test_of_any_text_a_part_can_stand_in_a_name(text: str) -> None:
    part = tamed(text)

    assert not part or parse(f"{part[:15]}0")
    assert tamed(part) == part
