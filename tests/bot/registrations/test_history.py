"""The history of a Mac and the log of operations, as people read them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.registrations import history as histories
from provisioning.registrations.history import History
from provisioning.registrations.models import CANCELLED, Event, Operation
from tests.support.inputs.examples import ANY_NAME, NOON, faults, faults_in_a_channel, mac, written
from tests.support.tables import for_each

LONDON = {"site": "london", "build": "design"}
PARIS = {"site": "paris", "build": "basic"}


def event(what: str = "registered", **keys: Any) -> Event:
    """Something that Alice did to a Mac at noon, unless told otherwise."""
    given = {"what": what, "by": "U0ALICE", "at": NOON, "before": None, "after": LONDON, **keys}
    return Event(**given)


def act(what: str = "registered", **keys: Any) -> Operation:
    """An operation by Alice, by command and at noon unless `keys` say otherwise."""
    return Operation(**{"what": what, "by": "U0ALICE", "via": "command", "at": NOON, **keys})


def lines(history: History) -> list[str]:
    return written(histories.mac(history)).splitlines()


@for_each(
    ("happened", "told"),
    [
        (event(), "registered, *london* / *design*, by <@U0ALICE> (command)"),
        (
            event("moved", before=LONDON, after=PARIS),
            "moved from *london* / *design* to *paris* / *basic*, by <@U0ALICE> (command)",
        ),
        (event("cancelled", before=LONDON, after=None), "cancelled, by <@U0ALICE> (command)"),
        (event("reimaged"), "sent to be imaged again, *london* / *design*, by <@U0ALICE>"),
        (event("undone"), "taken back, *london* / *design*, by <@U0ALICE> (command)"),
        (event("<!here>"), "&lt;!here&gt;, *london* / *design*"),
    ],
)
def test_an_event_says_what_where_and_by_whom(happened: Event, told: str) -> None:
    assert told in lines(History(mac(), [(happened, act())], 1))[1]


def test_what_a_mac_did_itself_has_nobody_behind_it() -> None:
    [_, line] = lines(History(mac(), [(event("confirmed", by=None), None)], 1))

    assert line.endswith("confirmed: its manifest is written, *london* / *design*")


def test_a_cancelled_mac_says_so_above_what_led_to_it() -> None:
    events = [(event("cancelled", after=None), act()), (event(), act())]

    head, *others = lines(History(mac(state=CANCELLED), events, 2))

    assert head.startswith("`C02ABC123DEF` → *london* / *design*: cancelled;")
    assert len(others) == 2


def test_of_a_long_history_the_newest_are_told_and_the_others_counted() -> None:
    events = [(event("moved", before=LONDON, after=PARIS), act())] * 100

    *told, last = lines(History(mac(), events, 312))[1:]

    assert len(told) > 40
    assert last == f"… and {312 - len(told)} older"


@ANY_NAME
def test_a_long_history_fits_whatever_the_places_are_called(name: str) -> None:
    where = {"site": name, "build": name}
    events = [(event("moved", before=where, after=where), act())] * 100

    message = histories.mac(History(mac(site=name, build=name), events, 100))

    assert faults_in_a_channel(message) == []
    assert written(message).splitlines()[-1].endswith(" older")


def test_the_log_tells_who_did_what_to_how_many_and_who_took_it_back() -> None:
    undone = act("moved", undone_at=NOON + timedelta(minutes=1), undone_by="U0BOB")

    message = histories.log([(act(), 1), (undone, 312)])

    assert message.text == "The last 2 actions"
    assert "<@U0ALICE> registered 1 Mac (command)\n" in written(message)
    assert "<@U0ALICE> moved 312 Macs (command), undone <!date^" in written(message)
    assert written(message).endswith("by <@U0BOB>")


def test_an_empty_log_says_so() -> None:
    assert written(histories.log([])) == "Nobody has done anything yet."


def test_a_full_log_fits() -> None:
    done = act("reimaged", by="U" * 20, via="<" * 40, undone_at=NOON, undone_by="U" * 20)

    message = histories.log([(done, 1_000_000)] * 30)

    assert faults(message) == []
    assert written(message).count("reimaged 1,000,000 Macs") == 30
    assert written(replace(message, blocks=message.tableless)).count("\n• ") == 30


def test_a_log_is_a_table_and_of_one_or_two_actions_a_line_each() -> None:
    undone = act("moved", undone_at=NOON + timedelta(hours=1), undone_by="U0BOB")
    by_a_script = act("adopted", by=None, via="command line")

    at = "2026-03-02 12:00 UTC"
    assert written(histories.log([(undone, 3), (by_a_script, 1), (act(), 2)])).splitlines() == [
        "The last 3 actions",
        "When | Who | What | How | Undone",
        f"{at} | <@U0ALICE> | moved 3 Macs | command | 2026-03-02 13:00 UTC <@U0BOB>",
        f"{at} | an admin | adopted 1 Mac | command line | –",
        f"{at} | <@U0ALICE> | registered 2 Macs | command | –",
    ]
    assert written(histories.log([(act(), 1)] * 2)).count("\n• ") == 2
