"""Counters of guesses, and a set of them; both are bounded."""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache

WINDOW = 60.0  # seconds in which guesses count, from the first of them
MAX_KEYS = 1000  # addresses, networks or names that are counted each for itself at a time
MAX_REMEMBERED = 1000  # attempts that are known again

Clock = Callable[[], float]
_KEY = secrets.token_bytes(32)  # of this process


@dataclass(slots=True)
class _Count:
    ends: float
    times: int = 0


class Counts:
    """Fixed-window counters of guesses, one for each key; a window begins with its first guess.

    A counter stays until its window ends, so a crowd of keys pushes none out: beyond `max_keys` of
    them, the others share one counter, which no class of cachetools does. Without
    `shares_counter` the oldest goes instead.
    """

    def __init__(
        self, limit: int, max_keys: int, clock: Clock, *, shares_counter: bool = True
    ) -> None:
        self._limit, self._max_keys, self._clock = limit, max_keys, clock
        self._shares_counter = shares_counter
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()  # those that end first come first
        self._others = _Count(-math.inf)
        self._lock = Lock()

    def pause(self, key: str) -> float:
        """Return the seconds for which guesses of `key` are refused; 0 where they are allowed."""
        with self._lock:
            now = self._clock()
            counter = self._current(_mark(key), now)
            return counter.ends - now if counter and counter.times >= self._limit else 0

    def count(self, key: str) -> None:
        """Count a guess of `key`."""
        with self._lock:
            now, mark = self._clock(), _mark(key)
            counter = self._current(mark, now) or self._begin(mark, now)
            counter.times += 1

    def _begin(self, mark: bytes, now: float) -> _Count:
        new = _Count(now + WINDOW)
        if self._is_full and self._shares_counter:
            self._others = new
            return new
        if self._is_full:
            self._counts.popitem(last=False)
        self._counts[mark] = new
        return new

    def _current(self, mark: bytes, now: float) -> _Count | None:
        """The open counter of a key; None where there is none."""
        while self._counts and not is_open(next(iter(self._counts.values())).ends, now):
            self._counts.popitem(last=False)
        if mark in self._counts:
            return self._counts[mark]
        return self._others if self._is_full and is_open(self._others.ends, now) else None

    @property
    def _is_full(self) -> bool:
        return len(self._counts) >= self._max_keys


class Attempts:
    """A set of the last attempts, each with the address or the name for which it was made.

    It holds digests with a key of this process: a mistyped password is a secret too.
    """

    def __init__(self) -> None:
        self._marks: LRUCache[bytes, bool] = LRUCache(MAX_REMEMBERED)
        self._lock = Lock()

    def has(self, source: str, credential: bytes) -> bool:
        """Return True if an attempt was made before, and keep it longest."""
        with self._lock:
            return self._marks.get(_mark(source, credential), False)

    def add(self, source: str, credential: bytes) -> bool:
        """Add an attempt. Returns True where it is a new one."""
        mark = _mark(source, credential)
        with self._lock:
            is_new = mark not in self._marks
            self._marks[mark] = True
            return is_new


def _mark(source: str, credential: bytes = b"") -> bytes:
    """A digest of one length, however long a user name is."""
    digest = hashlib.blake2b(credential, digest_size=16, key=_KEY)
    digest.update(source.encode("utf-8", "surrogatepass"))
    return digest.digest()


def is_open(ends: float, now: float) -> bool:
    """True until the window ends; for at most WINDOW, even if this clock goes back."""
    return now < ends <= now + WINDOW
