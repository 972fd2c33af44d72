"""An order of tests for several processes: what shares its parts stays together."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"
APART = "tests/journeys/operations/"  # each of its modules has processes of its own


class TogetherScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of a module stay in one process, and those of a folder of journeys.

    What they share is started once then: Rollcall's processes, a browser, a database. Units are
    taken in the order of the tests.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """Return the module of a test; of a journey, the folder of its module."""
    module = nodeid.partition("::")[0]
    if module.startswith(JOURNEYS) and not module.startswith(APART):
        return module.rpartition("/")[0]
    return module


def longest_first(items: list[pytest.Item]) -> None:
    """Put journeys first: they wait, while other processes work."""
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))
