"""Macs that were asked for, a page at a time."""

import json
from dataclasses import replace

from bot.registrations import search
from bot.registrations.search import Question
from bot.slack.markup import Message
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED
from tests.support.inputs.examples import (
    ANY_NAME,
    LONGEST,
    NOON,
    faults,
    mac,
    macs,
    numbered,
    shown,
    written,
)
from tests.support.tables import for_each

FAR = {"site": LONGEST, "build": LONGEST}
DONE = {"state": CONFIRMED, "confirmed_at": NOON, "registered_by": "U" + "0" * 20}
WAITING = Question()


def buttons(message: Message) -> dict[str, int]:
    """The first index of the page that each button asks for."""
    return {
        element["text"]["text"]: json.loads(element["value"])["first"]
        for block in shown(message)
        if block["type"] == "actions"
        for element in block["elements"]
    }


def offered(message: Message) -> list[list[str]]:
    """The options in the menu beside each Mac."""
    return [
        [option["value"] for option in block["accessory"]["options"]]
        for block in shown(message)
        if "accessory" in block
    ]


def test_of_very_many_the_head_says_that_there_are_more_than_are_counted() -> None:
    first, last = replace(WAITING, text="c"), replace(WAITING, text="c", first=4_980)

    counted = search.found(macs(20), 5_001, "With “c”", first)
    ending = search.found(macs(20), 5_001, "With “c”", last)

    assert written(counted).startswith("With “c”: more than 5,000, the newest 20 of them")
    assert buttons(counted) == {"Older": 20}
    assert buttons(ending) == {"Newer": 4_960}


def test_a_menu_offers_what_can_be_done_with_its_mac() -> None:
    found = numbered([mac("C02AAA"), mac("C02AAA", state=CANCELLED), mac("C02BBB", **DONE)])

    message = search.found(found, 3, "Found", Question(text="c02"))

    assert offered(message) == [
        ["details:C02AAA", "move:C02AAA", "cancel:C02AAA", "remind:C02AAA"],
        ["details:C02AAA"],
        ["details:C02BBB", "move:C02BBB", "cancel:C02BBB", "reimage:C02BBB"],
    ]
    assert faults(message) == []


@ANY_NAME
@for_each("number", [10, 20])
def test_a_page_fits_whatever_the_places_of_its_macs_are_called(name: str, number: int) -> None:
    found = numbered(macs(number, site=name, build=name, **DONE))
    question = Question(text="\x01" * 255, first=40)

    assert faults(search.found(found, 10_000, "Macs waiting", question)) == []


def test_twenty_with_the_longest_names_are_all_shown() -> None:
    message = search.found(macs(20, **FAR, **DONE), 20, "Macs waiting", WAITING)
    lines = written(replace(message, blocks=message.tableless))

    assert written(message).count("\n000000000") == 20
    assert lines.count("• `000000000") == 20
    assert "…" not in lines


def test_a_row_says_what_its_line_would() -> None:
    done = mac("C02AAA", computer_name="LON-1", **DONE)
    adopted = mac("C02BBB", registered_by=ADOPTED)
    found = [done, adopted, *macs(10)]

    _, columns, first, second, *_ = written(search.found(found, 12, "Found", WAITING)).splitlines()

    assert columns == "Serial | Name | Goes to | State | Registered by | On"
    at = "2026-03-02 12:00 UTC"
    assert (
        first == f"C02AAA | LON-1 | london / design | confirmed {at} | <@{'U' + '0' * 20}> | {at}"
    )
    assert second.startswith("C02BBB | – | london / design | waiting | an admin")
