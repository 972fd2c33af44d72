"""An order of tests for several processes: what shares its parts stays together."""

from collections.abc import Sequence

import pytest

JOURNEYS = "tests/journeys/"
APART = "tests/journeys/operations/"  # each of its modules has processes of its own
# Fixtures that take a second of a processor and more: a server of buckets, and a browser.
DEAR = ("s3_process", "windows")


def units_of(items: Sequence[pytest.Item]) -> Sequence[Sequence[pytest.Item]]:
    """The tests of a module, of a folder of journeys, or of a dear fixture, which stay together.

    What they share is started once then: Rollcall's processes, a browser, a database. Units are in
    the order of the tests.
    """
    units: dict[str, list[pytest.Item]] = {}
    for item in items:
        units.setdefault(unit_of(item), []).append(item)
    return list(units.values())


def unit_of(item: pytest.Item) -> str:
    """Return the module of a test; of a journey, the folder of its module; or a dear fixture."""
    for fixture in DEAR:
        if fixture in getattr(item, "fixturenames", ()):
            return fixture
    module = item.nodeid.partition("::")[0]
    if module.startswith(JOURNEYS) and not module.startswith(APART):
        return module.rpartition("/")[0]
    return module


def longest_first(items: list[pytest.Item]) -> None:
    """Put journeys first: they wait, while other processes work."""
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))
