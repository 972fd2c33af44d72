"""Patience: who waits, for how long, and who is refused, so that threads are left for others."""

from collections.abc import Callable
from threading import Semaphore

import pytest

from infrastructure.execution.patience import MOMENT, Patience, WaitedTooLong


class Silent:
    """A thing that does not answer; each look at it takes a second of its clock."""

    def __init__(self, places: int | None = None) -> None:
        self.now = 0.0
        self.patience = self.of(None if places is None else Semaphore(places))

    def of(self, places: Semaphore | None) -> Patience:
        return Patience(8.0, places, clock=lambda: self.now)

    def look(self, _: float) -> bool:
        self.now += 1
        return False

    def waited(self, look: Callable[[float], bool] | None = None) -> float:
        """The seconds after which a wait is given up."""
        began = self.now
        with pytest.raises(WaitedTooLong):
            self.patience.wait(look or self.look)
        return self.now - began


def test_a_wait_is_given_up_after_its_seconds() -> None:
    assert Silent().waited() == 8


def test_a_wait_ends_as_soon_as_there_is_an_answer() -> None:
    looks = iter([False, False, True])

    Silent().patience.wait(lambda _: next(looks))

    assert next(looks, None) is None


def test_who_finds_no_place_waits_for_a_moment_and_the_next_ones_not_at_all() -> None:
    silent = Silent(places=1)
    first = silent.patience.begin()
    silent.now = MOMENT
    first.go_on()

    assert silent.waited() == 2  # the look after the moment
    with pytest.raises(WaitedTooLong, match="enough calls wait"):
        silent.patience.begin()


def test_a_place_that_is_free_again_is_taken_by_one_who_tries() -> None:
    silent = Silent(places=1)
    silent.waited()

    trying = silent.patience.begin()
    with pytest.raises(WaitedTooLong):
        silent.patience.begin()
    trying.end()

    assert silent.waited() == 8


def test_after_an_answer_all_may_wait_again() -> None:
    silent = Silent(places=1)
    silent.waited()
    silent.patience.note_answer()

    waits = [silent.patience.begin() for _ in range(4)]

    assert len(waits) == 4


def test_who_is_refused_while_others_are_answered_keeps_nobody_out() -> None:
    """One row is locked, and not the database."""
    silent = Silent(places=1)
    silent.patience.begin().take_place()

    def look(_: float) -> bool:
        silent.now += 1
        silent.patience.note_answer()
        return False

    assert silent.waited(look) == 2
    silent.patience.begin().end()


def test_things_may_share_places_and_are_doubted_each_by_itself() -> None:
    places = Semaphore(1)
    silent = Silent()
    database, repo = silent.of(places), silent.of(places)
    database.begin().take_place()
    with pytest.raises(WaitedTooLong):
        database.begin().take_place()

    with pytest.raises(WaitedTooLong):
        database.begin()
    waiting = repo.begin()
    silent.now = MOMENT
    with pytest.raises(WaitedTooLong):
        waiting.go_on()
