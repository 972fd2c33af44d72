"""An order of tests for several processes: what shares its parts stays together."""

from collections.abc import Sequence

import pytest

JOURNEYS = "tests/journeys/"
APART = "tests/journeys/operations/"  # each of its modules has processes of its own
# Fixtures that take a second of a processor and more: a server of buckets, and a browser.
BUCKETS, BROWSER = "s3_process", "windows"


def units_of(items: Sequence[pytest.Item]) -> Sequence[Sequence[pytest.Item]]:
    """The tests of a module, of a folder of journeys, or of a dear fixture, which stay together.

    What they share is started once then: Rollcall's processes, a browser, a database. A folder of
    journeys of which one has a dear fixture is with the others that have it. Units are in the order
    of the tests.
    """
    places = {item: _place(item) for item in items}
    joined = {
        place: dear
        for item, place in places.items()
        if place.startswith(JOURNEYS) and (dear := _dear(item))
    }
    units: dict[str, list[pytest.Item]] = {}
    for item, place in places.items():
        units.setdefault(joined.get(place) or _dear(item) or place, []).append(item)
    return list(units.values())


def _place(item: pytest.Item) -> str:
    """The module of a test; of a journey, the folder of its module."""
    module = item.nodeid.partition("::")[0]
    if module.startswith(JOURNEYS) and not module.startswith(APART):
        return module.rpartition("/")[0]
    return module


def _dear(item: pytest.Item) -> str:
    """The dear fixture of a test; empty where it has none.

    That of buckets is asked for by other fixtures, in the row "bucket".
    """
    names = getattr(item, "fixturenames", ())
    row = getattr(item, "callspec", None)
    if BUCKETS in names or (row and "bucket" in row.params.values()):
        return BUCKETS
    return BROWSER if BROWSER in names else ""


def longest_first(items: list[pytest.Item]) -> None:
    """Put journeys first: they wait, while other processes work."""
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))
