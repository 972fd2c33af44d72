"""The history of a Mac and the log of operations, as people read them."""

from dataclasses import replace
from typing import Any

from bot.registrations import history as histories
from provisioning.registrations.history import History
from provisioning.registrations.models import Event, Operation
from tests.support.inputs.examples import ANY_NAME, NOON, faults, faults_in_a_channel, mac, written
from tests.support.tables import for_each

LONDON = {"site": "london", "build": "design"}


def event(what: str = "registered", **keys: Any) -> Event:
    """Something that Alice did to a Mac at noon, unless told otherwise."""
    given = {"what": what, "by": "U0ALICE", "at": NOON, "before": None, "after": LONDON, **keys}
    return Event(**given)


def act(what: str = "registered", **keys: Any) -> Operation:
    """An operation by Alice, by command and at noon unless `keys` say otherwise."""
    return Operation(**{"what": what, "by": "U0ALICE", "via": "command", "at": NOON, **keys})


@ANY_NAME
def test_a_long_history_fits_whatever_the_places_are_called(name: str) -> None:
    where = {"site": name, "build": name}
    events = [(event("moved", before=where, after=where), act())] * 100

    message = histories.mac(History(mac(site=name, build=name), events, 100))

    assert faults_in_a_channel(message) == []
    assert written(message).splitlines()[-1].endswith(" older")


@for_each(("number", "lines"), [(2, 3), (3, 1 + 1 + 3)])
def test_a_log_of_three_actions_is_a_table_with_headings(number: int, lines: int) -> None:
    assert len(written(histories.log([(act(), 1)] * number)).splitlines()) == lines


def test_a_full_log_fits() -> None:
    done = act("reimaged", by="U" * 20, via="<" * 40, undone_at=NOON, undone_by="U" * 20)

    message = histories.log([(done, 1_000_000)] * 30)

    assert faults(message) == []
    assert written(message).count("reimaged 1,000,000 Macs") == 30
    assert written(replace(message, blocks=message.tableless)).count("\n• ") == 30
