"""A queue of the open boards, in the order in which they get news.

A board that receives news loads its page again, which costs the server a little. So news
that is rare goes to all at once. Where changes do not end, boards get theirs in turn, some of them
together, each all of its pending news.
"""

from collections import Counter
from collections.abc import Iterator

from rollcall.webserver.live.connections import BoardConnection
from rollcall.webserver.live.events import News
from rollcall.webserver.live.watchers import BoardWatcher

AT_ONCE = 600  # boards that get news at once after a quiet time
MAX_RATE = 25.0  # boards that get news in each second of a busy time
TOGETHER = 50  # of them: they share what a server looks up for one of them


class BoardQueue:
    """The connections of open boards, the news that each is to get, and the limit on their rate."""

    def __init__(self, *, at_once: int = AT_ONCE, a_second: float = MAX_RATE) -> None:
        self._open: dict[BoardConnection, None] = {}  # in the order in which they came
        self._of: Counter[BoardWatcher] = Counter()
        # The pending news of each, the longest waiting first; None: any Mac may have changed.
        self._due: dict[BoardConnection, frozenset[int] | None] = {}
        self._at_once, self._a_second = at_once, a_second
        self._allowed, self._at = 0.0, float("-inf")

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[BoardConnection]:
        return iter(tuple(self._open))

    @property
    def watchers(self) -> set[BoardWatcher]:
        """The watchers of all connections."""
        return set(self._of)

    def number_of(self, watcher: BoardWatcher) -> int:
        """Return the number of a watcher's open connections."""
        return self._of[watcher]

    def add(self, connection: BoardConnection) -> None:
        """Add a connection that is open."""
        if connection.watcher is not None:
            self._open[connection] = None
            self._allowed = min(self._allowed + 1, self._at_once)
            self._of[connection.watcher] += 1

    def remove(self, connection: BoardConnection) -> None:
        """Remove a closed connection, if it was open."""
        self._due.pop(connection, None)
        if connection in self._open and connection.watcher is not None:
            del self._open[connection]
            self._of[connection.watcher] -= 1
            if not self._of[connection.watcher]:
                del self._of[connection.watcher]

    def enqueue(self, news: News) -> None:
        """Enqueue news for all boards that they concern."""
        for connection in self._open:
            mine = news.macs
            if connection.mac is not None and mine is not None:
                mine = mine & {connection.mac}
            if mine is None or mine:
                self.enqueue_for(connection, mine)

    def enqueue_for(self, connection: BoardConnection, macs: frozenset[int] | None) -> None:
        """Enqueue news for one board, which keeps its place in the queue."""
        before = self._due.get(connection, frozenset())
        self._due[connection] = None if macs is None or before is None else before | macs

    def next(self, now: float, limit: int) -> list[tuple[BoardConnection, frozenset[int] | None]]:
        """Return at most `limit` connections whose turn it is; `now` is in seconds."""
        if now > self._at:
            grown = self._allowed + (now - self._at) * self._a_second
            # No more than once all that are open, or a few would get news again and again.
            self._allowed, self._at = min(grown, self._at_once, len(self._open)), now
        if self._allowed < min(len(self._due), TOGETHER):
            return []
        number = min(limit, int(self._allowed), len(self._due))
        self._allowed -= number
        turns = []
        for _ in range(number):
            connection = next(iter(self._due))
            turns.append((connection, self._due.pop(connection)))
        return turns
