"""The pace at which boards are told, and what each is told of in its turn."""

from typing import Any

from rollcall.webserver.live.board_queue import BoardQueue
from rollcall.webserver.live.events import ANY, MAX_IDS, REMEMBERED, Journal, News
from rollcall.webserver.live.watchers import BoardWatcher


class Connection:
    """A connection of somebody, about all Macs or one."""

    def __init__(self, number: int, mac: int | None = None) -> None:
        self.watcher, self.mac = BoardWatcher(number), mac


def crowd_of(number: int, **pace: Any) -> tuple[BoardQueue, list[Any]]:
    crowd, connections = BoardQueue(**pace), [Connection(each) for each in range(number)]
    for each in connections:
        crowd.add(each)  # type: ignore[arg-type]
    return crowd, connections


def macs(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def test_after_a_quiet_time_all_are_told_at_once() -> None:
    crowd, connections = crowd_of(500)
    crowd.enqueue(News(1, macs(7)))

    told = [turn for at in range(50) for turn in crowd.next(at / 50, 15)]

    assert told == [(each, macs(7)) for each in connections]


def test_where_changes_do_not_end_each_is_told_in_its_turn_of_all_it_missed() -> None:
    crowd, connections = crowd_of(100, at_once=50, a_second=50.0)
    told: list[Any] = []
    for second in range(60):
        crowd.enqueue(News(second, macs(second)))
        told += crowd.next(float(second), 1000)

    # As many as are allowed at once, and the same number in each second after the first.
    assert len(told) == 60 * 50
    numbers = [sum(1 for each, _ in told if each is connection) for connection in connections]
    assert max(numbers) - min(numbers) <= 1
    last = [seen for each, seen in told if each is connections[0]]
    assert frozenset().union(*last) == macs(*range(max(last[-1]) + 1))


def test_in_a_busy_time_many_are_told_together_and_few_at_once() -> None:
    for number, waits in ((500, 2.0), (50, 2.0), (5, 0.2)):
        crowd, _ = crowd_of(number, a_second=25.0)
        crowd.enqueue(News(1, macs(1)))
        assert len(crowd.next(0.0, 1000)) == number
        crowd.enqueue(News(2, macs(2)))
        assert crowd.next(waits - 0.01, 1000) == [], number
        assert len(crowd.next(waits + 0.01, 1000)) == min(number, 50)


def test_who_is_about_one_mac_is_told_of_that_one_or_of_anything() -> None:
    crowd = BoardQueue()
    one: Any = Connection(1, mac=7)
    crowd.add(one)

    crowd.enqueue(News(1, macs(8)))
    assert crowd.next(0.0, 10) == []
    crowd.enqueue(News(2, macs(7, 8)))
    crowd.enqueue(News(3, macs(9)))
    assert crowd.next(1.0, 10) == [(one, macs(7))]
    crowd.enqueue(News(4, None))
    assert crowd.next(2.0, 10) == [(one, None)]


def test_who_has_left_is_not_told_and_not_counted() -> None:
    crowd, (one, other) = crowd_of(2)
    crowd.enqueue(News(1, None))
    crowd.remove(one)
    crowd.remove(one)

    assert crowd.next(0.0, 10) == [(other, None)]
    assert (len(crowd), crowd.watchers) == (1, {BoardWatcher(1)})


def test_a_journal_knows_what_was_missed_or_that_it_does_not() -> None:
    journal = Journal("0123abcd")
    for number in range(REMEMBERED + 10):
        journal.add(macs(number))

    newest = journal.number
    assert journal.missed(f"0123abcd-{newest}") == macs()
    assert journal.missed(f"0123abcd-{newest - 1}") == macs(newest - 1)
    assert len(journal.missed(f"0123abcd-{newest - REMEMBERED}") or ()) == REMEMBERED
    for unknown in (
        f"0123abcd-{newest - REMEMBERED - 1}",
        f"0123abcd-{newest + 1}",
        "f-1",
        "",
        "-",
    ):
        assert journal.missed(unknown) is None, unknown
    journal.add(None)
    assert journal.missed(f"0123abcd-{newest}") is None


def test_many_macs_are_told_as_any() -> None:
    journal = Journal("0123abcd")

    assert journal.message(macs(3, 1)) == b"id: 0123abcd-0\ndata: 1,3\n\n"
    assert f"data: {ANY}\n".encode() in journal.message(macs(*range(MAX_IDS + 1)))
    assert f"data: {ANY}\n".encode() in journal.message(None)
