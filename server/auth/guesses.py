"""Counters of guesses, and a set of them; both are bounded, whatever is sent."""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache

WINDOW = 60.0  # seconds in which guesses count, from the first of them
MOST_KEYS = 1000  # addresses, networks or names that are counted each for itself at a time
MOST_REMEMBERED = 1000  # attempts that are known again

Clock = Callable[[], float]
_KEY = secrets.token_bytes(32)  # of this process


@dataclass(slots=True)
class _Count:
    ends: float
    times: int = 0


class Counts:
    """Fixed-window counters of guesses, one for each key; a window begins with its first guess.

    A counter stays until its window ends, so a crowd of keys pushes none out: beyond `keys` of
    them, the others share one counter, which no class of cachetools does. Where they are not
    counted `together`, the oldest goes.
    """

    def __init__(self, most: int, keys: int, clock: Clock, *, together: bool = True) -> None:
        self._most, self._keys, self._clock, self._together = most, keys, clock, together
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()  # those that end first come first
        self._others = _Count(-math.inf)
        self._lock = Lock()

    def pause(self, key: str) -> float:
        """Return the seconds for which guesses of `key` are not heard; 0 where they are."""
        with self._lock:
            now = self._clock()
            found = self._current(_mark(key), now)
            return found.ends - now if found and found.times >= self._most else 0

    def count(self, key: str) -> None:
        """Count a guess of `key`."""
        with self._lock:
            now, mark = self._clock(), _mark(key)
            found = self._current(mark, now) or self._begun(mark, now)
            found.times += 1

    def _begun(self, mark: bytes, now: float) -> _Count:
        begun = _Count(now + WINDOW)
        if self._is_full and self._together:
            self._others = begun
            return begun
        if self._is_full:
            self._counts.popitem(last=False)
        self._counts[mark] = begun
        return begun

    def _current(self, mark: bytes, now: float) -> _Count | None:
        """The open counter of a key; None where its next guess begins one."""
        while self._counts and not is_open(next(iter(self._counts.values())).ends, now):
            self._counts.popitem(last=False)
        if mark in self._counts:
            return self._counts[mark]
        return self._others if self._is_full and is_open(self._others.ends, now) else None

    @property
    def _is_full(self) -> bool:
        return len(self._counts) >= self._keys


class Attempts:
    """A set of attempts, each with the address or the name it was made at: the last of them.

    Kept are digests with a key of this process: what is nearly a password is a secret too.
    """

    def __init__(self) -> None:
        self._made: LRUCache[bytes, bool] = LRUCache(MOST_REMEMBERED)
        self._lock = Lock()

    def has(self, where: str, credential: bytes) -> bool:
        """True where an attempt was made before; it is then forgotten last."""
        with self._lock:
            return self._made.get(_mark(where, credential), False)

    def add(self, where: str, credential: bytes) -> bool:
        """Add an attempt. Returns True where it is a new one."""
        mark = _mark(where, credential)
        with self._lock:
            is_new = mark not in self._made
            self._made[mark] = True
            return is_new


def _mark(where: str, credential: bytes = b"") -> bytes:
    """A digest of one length, however long a user name is."""
    made = hashlib.blake2b(credential, digest_size=16, key=_KEY)
    made.update(where.encode("utf-8", "surrogatepass"))
    return made.digest()


def is_open(ends: float, now: float) -> bool:
    """True until a window ends; not longer than WINDOW, should even this clock go back."""
    return now < ends <= now + WINDOW
