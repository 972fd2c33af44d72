"""Posts under way, and the places that they take."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event

import pytest

from provisioning.outbox.claims import Claim
from provisioning.outbox.models import Notification
from provisioning.outbox.outcomes import Outcome, Sent, Unanswered
from provisioning.outbox.sender_pool import MAX_SILENT, PLACES, SenderPool

SHOWN = Sent("1700000000.000100")


def claim(number: int) -> Claim:
    """A claim on a channel of its own."""
    owed = Notification(channel=f"C{number}")
    return Claim(owed, "holder", datetime.now(UTC), None, ())


@pytest.fixture
def answer() -> Iterator[Event]:
    """Set when Slack answers what hangs."""
    answer = Event()
    yield answer
    answer.set()


def hanging(answer: Event) -> Outcome:
    answer.wait()
    return SHOWN


def ended(senders: SenderPool, number: int) -> list[Outcome]:
    """The outcomes of so many posts."""
    outcomes: list[Outcome] = []
    while len(outcomes) < number:
        outcomes += [outcome for _, outcome in senders.ended(10)]
    return outcomes


def test_nothing_begins_in_a_channel_that_is_posted_to(answer: Event) -> None:
    senders = SenderPool()
    senders.start(claim(1), lambda: hanging(answer))

    assert set(senders.passed_over()) == {"C1"}
    answer.set()
    assert ended(senders, 1) == [SHOWN]
    assert not senders.passed_over()


def test_there_are_so_many_places(answer: Event) -> None:
    senders = SenderPool()
    for number in range(PLACES):
        assert not senders.is_full
        senders.start(claim(number), lambda: hanging(answer))

    assert senders.is_full
    answer.set()
    assert [outcome for _, outcome in senders.last()] == [SHOWN] * PLACES


def test_channels_that_hang_leave_half_of_the_places_to_the_others(answer: Event) -> None:
    senders = SenderPool()
    for number in range(PLACES):
        senders.start(claim(number), lambda: Unanswered("timed out"))
    ended(senders, PLACES)
    for number in range(MAX_SILENT - 1):
        senders.start(claim(number), lambda: hanging(answer))
    assert len(senders.passed_over()) == MAX_SILENT - 1
    senders.start(claim(MAX_SILENT), lambda: hanging(answer))

    assert len(senders.passed_over()) == PLACES
    assert "C9999" not in senders.passed_over()
    answer.set()
    ended(senders, MAX_SILENT)
    senders.start(claim(PLACES - 1), lambda: hanging(answer))
    assert set(senders.passed_over()) == {f"C{PLACES - 1}"}


def test_what_is_under_way_at_the_end_is_waited_for(answer: Event) -> None:
    senders = SenderPool()
    senders.start(claim(1), lambda: hanging(answer))
    answer.set()

    assert [outcome for _, outcome in senders.last()] == [SHOWN]
