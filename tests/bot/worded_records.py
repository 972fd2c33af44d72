"""Examples of the sentences of `wordings`: histories, logs and searches."""

from collections.abc import Iterator

from bot.registrations import history, manifest_history, search
from bot.registrations.search import Question
from provisioning.munki.models import Revision
from provisioning.registrations.history import History
from provisioning.registrations.models import (
    FAILED,
    Event,
    Operation,
)
from provisioning.values.language import worded
from tests.bot.worded import BENCH, LATER, Shown, some
from tests.support.inputs.examples import ACT, NOON, mac


def histories() -> Iterator[tuple[str, Shown]]:
    place = {"site": "london", "build": "design"}
    there = {"site": "paris", "build": "kiosk", "computer_name": "lab-1", "step": "a < b"}
    old, new = {"serial": "A", **place}, {"serial": "B", **place}
    events = [
        (Event(what="registered", by="U0ALICE", at=NOON, before=None, after=place), ACT),
        (Event(what="moved", by="U0BOB", at=NOON, before=place, after=there), ACT),
        (Event(what=FAILED, by=None, at=NOON, before=place, after=there), None),
        (Event(what="cancelled", by=None, at=NOON, before=place, after=None), None),
        (Event(what="replaced", by="U0BOB", at=NOON, before=old, after=new), ACT),
        (Event(what="odd & new", by=None, at=NOON, before=None, after=None), None),
    ]
    first = b"<plist><dict><key>a</key><string/></dict></plist>"
    keys = "".join(f"<key>key {n}</key><string/>" for n in range(12))
    second = f"<plist><dict>{keys}</dict></plist>".encode()
    of = {"name": "C02AAA", "at": NOON}
    made = Revision(id=3, by=None, via="first boot", before=None, after=first, **of)
    changed = Revision(id=4, by="U0BOB", via="a & b", before=first, after=second, **of)
    gone = Revision(id=5, by="ci", via="api", before=first, after=None, **of)
    yield "a history", history.mac(History(mac(), events, 6))
    for revision in (made, changed, gone):
        yield "an older history", history.mac(History(mac(), events[:1], 3, revision))
        yield "brought back", worded(manifest_history.restored(revision, "U0EVE"))


def logs() -> Iterator[tuple[str, Shown]]:
    undone = Operation(id=9, what="moved", by="U0BOB", via="api", at=NOON, undone_at=LATER)
    by_eve = Operation(
        id=9, what="moved", by="", via="api", at=NOON, undone_at=LATER, undone_by="U0EVE"
    )
    yield "an empty log", history.log([])
    yield "a log", history.log([(ACT, 1), (BENCH, 2), (undone, 3), (by_eve, 4)])


def searches() -> Iterator[tuple[str, Shown]]:
    for number, total, first in ((0, 0, 0), (1, 1, 0), (10, 12, 0), (11, 30, 20), (20, 60, 20)):
        yield (
            f"{number} found",
            search.found(some(number), total, "Macs", Question("a", None, first)),
        )
