"""A cache of the content of boards, for all that load the same page.

After a change `live` tells all open boards, and each loads its page again: their common content is
looked up once.
"""

import re
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import TTLCache
from flask import Request

HEADER = "Rollcall-News"  # of requests: the id of the news that a page was told, or empty
MAX_AGE = 2.0  # seconds: boards that are told together load within this time
MAX_KEPT = 64
_NEWS = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})")

Value = TypeVar("Value")
News = tuple[str, int]  # the journal's name, and the number in it
NO_NEWS: News = ("", 0)


def news_of(request: Request) -> News | None:
    """Return the number of the news for which a page is loaded again; None for one that is opened.

    A page that loads itself every few seconds has NO_NEWS.
    """
    if HEADER not in request.headers:
        return None
    found = _NEWS.fullmatch(request.headers[HEADER])
    return (found[1], int(found[2])) if found else NO_NEWS


class RecentValues(Generic[Value]):
    """Values by keys, each kept for MAX_AGE. Threads share it.

    A value that was looked up after some news is valid for boards that were told of these or of
    earlier ones, and for those that load themselves every few seconds.
    """

    def __init__(self) -> None:
        self._kept: TTLCache[Hashable, tuple[News, Value]] = TTLCache(MAX_KEPT, MAX_AGE)
        self._lock = Lock()

    def get(self, key: Hashable, news: News | None, find: Callable[[], Value]) -> Value:
        """Return the value of a key for these news; for a page that is opened it is looked up."""
        if news is None:
            return find()
        with self._lock:  # who loads the same waits, instead of finding it too
            kept = self._kept.get(key)
            if kept is not None and _holds(kept[0], news):
                return kept[1]
            value = find()
            self._kept[key] = news, value
            return value


def _holds(found_after: News, news: News) -> bool:
    return news == NO_NEWS or (found_after[0] == news[0] and found_after[1] >= news[1])
