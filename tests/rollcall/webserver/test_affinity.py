"""Processors of machines of all sizes, and systems that do not say which they have."""

from collections import Counter
from collections.abc import Collection

from rollcall.webserver.affinity import in_turn, keep_to
from tests.support.tables import for_each


@for_each(
    ("usable", "count", "most"),
    [({0}, 4, 4), ({0, 1, 2}, 4, 2), ({5, 9}, 2, 1), (set(range(64)), 4, 1)],
)
def test_workers_are_spread_evenly_over_what_may_be_used(
    usable: set[int], count: int, most: int
) -> None:
    """A container's set may be any numbers, and fewer than there are workers."""
    for _ in range(20):
        given = in_turn(count, lambda: usable)
        assert {*given} <= usable
        assert max(Counter(given).values()) == most


def refused() -> Collection[int]:
    """A system whose filter of calls refuses to say them."""
    raise PermissionError


def test_a_system_that_does_not_say_its_processors_keeps_no_worker() -> None:
    assert in_turn(2, refused) == [None, None]
    assert in_turn(2, set) == [None, None]


def test_a_processor_that_is_gone_keeps_no_worker_from_starting() -> None:
    keep_to(100_000)
    keep_to(None)
