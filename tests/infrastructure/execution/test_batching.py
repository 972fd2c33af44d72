"""Batches: work of threads that come at the same time is done at once."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from infrastructure.execution.batching import MAX_WAIT, Batcher
from infrastructure.execution.patience import Patience, WaitedTooLong
from provisioning.munki.errors import RepoUnusable
from tests.support.waiting import eventually


class Place:
    """A place for work; counts how often it was opened, and can be kept open."""

    def __init__(self) -> None:
        self.opened = 0
        self.done: list[object] = []
        self.entered, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()

    @contextmanager
    def open(self) -> Iterator["Place"]:
        self.opened += 1
        yield self
        self.entered.set()
        assert self.may_go_on.wait(60)

    def do(self, what: object) -> object:
        self.done.append(what)
        return what


@pytest.fixture
def place() -> Place:
    """A place that was not opened yet."""
    return Place()


def test_alone_one_gets_what_the_work_returns(place: Place) -> None:
    assert Batcher(place.open).run(lambda there: there.do("mine")) == "mine"


def test_those_who_come_during_a_turn_share_the_next(place: Place) -> None:
    turns = Batcher(place.open)
    place.may_go_on.clear()
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(turns.run, lambda there: there.do("first"))
        place.entered.wait(60)
        others = [
            threads.submit(turns.run, lambda there, mine=number: there.do(mine))
            for number in range(7)
        ]
        # nothing else says who waits
        eventually(lambda: len(turns._waiting) == len(others))  # noqa: SLF001
        place.may_go_on.set()

    assert first.result() == "first"
    assert [other.result() for other in others] == list(range(7))
    assert place.opened == 2


def test_a_fact_is_for_the_one_who_caused_it_and_the_others_go_on(place: Place) -> None:
    turns = Batcher(place.open)

    def refuse(_: Place) -> None:
        raise RepoUnusable("full")

    with pytest.raises(RepoUnusable):
        turns.run(refuse)

    assert turns.run(lambda there: there.do("next")) == "next"


def test_what_ends_a_turn_is_told_to_all_in_it(place: Place) -> None:
    @contextmanager
    def broken() -> Iterator[Place]:
        with place.open():
            yield place
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        Batcher(broken).run(lambda there: there.do("lost"))


def test_a_turn_that_lingers_takes_in_those_who_come_meanwhile() -> None:
    place = Place()
    turns = Batcher(place.open, linger=0.3)
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(turns.run, lambda place: place.opened) for _ in range(4)]

    assert {each.result() for each in done} == {1}


def test_a_turn_waits_for_those_who_are_coming(place: Place) -> None:
    turns = Batcher(place.open)

    meeting = threading.Barrier(2)

    def come(what: str) -> None:
        with turns.coming():
            meeting.wait(60)
            turns.run(lambda there: there.do(what))

    def share() -> bool:
        """True where both shared a turn."""
        place.opened = 0
        list(pool.map(come, ("one", "other")))
        return place.opened == 1

    with ThreadPoolExecutor(2) as pool:
        # Not each time: the wait is short, and a thread may be held up for longer.
        assert sum(share() for _ in range(20)) > 5


def test_a_turn_does_not_wait_long_for_one_who_does_not_come(place: Place) -> None:
    turns = Batcher(place.open)
    with turns.coming(), ThreadPoolExecutor(1) as threads:
        assert threads.submit(turns.run, lambda there: there.do("other")).result(10) == "other"


def test_nobody_waits_for_one_who_failed_on_the_way(place: Place) -> None:
    turns = Batcher(place.open)

    def fail() -> None:
        with suppress(OSError), turns.coming():
            raise OSError("no space left")

    with ThreadPoolExecutor(1) as threads:
        threads.submit(fail).result()

    fastest = min(timed(lambda: turns.run(lambda there: there.do("mine"))) for _ in range(100))
    assert fastest < MAX_WAIT / 2


def timed(call: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def test_what_is_done_as_its_wait_ends_is_no_failure(place: Place) -> None:
    """Its turn did not come, because the batches of others had theirs."""

    class Ending(Patience):
        """A patience that ends once the first batch has ended, which did the work too."""

        def wait(self, attempt: Callable[[float], bool]) -> None:
            del attempt
            place.may_go_on.set()
            first.result()
            others = turns.run(lambda there: there.do("others"))
            raise WaitedTooLong(others)

    turns = Batcher(place.open, patience=Ending(1))
    place.may_go_on.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(turns.run, lambda there: there.do("first"))
        place.entered.wait(60)

        assert turns.run(lambda there: there.do("mine")) == "mine"

    assert place.done == ["first", "mine", "others"]
