"""News as they go over the wire: server-sent events about changed Macs.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import secrets
from collections import deque
from dataclasses import dataclass

from infrastructure.text import whole_number

MAX_IDS = 100  # Macs in one message; beyond them it says that any may have changed
REMEMBERED = 600  # messages that a browser may have missed and is told of
ANY = "*"
BEAT = b"event: beat\ndata:\n\n"  # so that proxies keep the connection, and pages know that it is

HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: text/event-stream; charset=utf-8\r\n"
    b"Cache-Control: no-store, no-transform\r\n"  # no cache, and no proxy that packs it
    b"X-Accel-Buffering: no\r\n"  # nginx hands it on as it comes
    b"X-Content-Type-Options: nosniff\r\n"
    b"Connection: close\r\n\r\n"  # nothing follows it on this connection
)


@dataclass(frozen=True, slots=True)
class News:
    """The news of one moment: the ids of changed registrations; None where any may have changed."""

    number: int
    macs: frozenset[int] | None


class Journal:
    """The last news, by number, for browsers that come back after a gap.

    Each start of the process has a journal with another name.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or secrets.token_hex(4)
        self.number = 0
        self._kept: deque[News] = deque(maxlen=REMEMBERED)

    def add(self, macs: frozenset[int] | None) -> News:
        """Add news and return it with its number."""
        self.number += 1
        news = News(self.number, macs)
        self._kept.append(news)
        return news

    def missed(self, last_event_id: str) -> frozenset[int] | None:
        """Return the Macs that changed after an event; None where any may have changed."""
        name, _, text = last_event_id.partition("-")
        number = whole_number(text)
        if name != self.name or number is None:
            return None
        oldest = self._kept[0].number if self._kept else self.number + 1
        if not oldest - 1 <= number <= self.number:
            return None
        macs: set[int] = set()
        for news in self._kept:
            if news.number > number:
                if news.macs is None:
                    return None
                macs |= news.macs
        return frozenset(macs)

    def message(self, macs: frozenset[int] | None) -> bytes:
        """The message for a browser: the ids of the Macs, and the number of the last news."""
        named = macs is not None and len(macs) <= MAX_IDS
        scope = ",".join(map(str, sorted(macs))) if named and macs is not None else ANY
        return f"id: {self.name}-{self.number}\ndata: {scope}\n\n".encode()

    def greeting(self, retry: int) -> bytes:
        """The first message: the news begin here; after a gap, come back in so many ms."""
        return f"retry: {retry}\nid: {self.name}-{self.number}\nevent: hello\ndata:\n\n".encode()


FAREWELL = b"event: over\ndata:\n\n"  # the session has ended
