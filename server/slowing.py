"""Slows those who guess: counts what was tried in vain, and says for how long nobody listens.

All of it is in the memory of one process, and bounded, whatever is sent. Time is the monotonic
clock's, which nobody sets.
"""

import hashlib
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from server.addresses import customer_of

WINDOW = 60.0  # seconds in which guesses count, from the first of them
MOST = 20  # guesses from one address
MOST_OF_CUSTOMER = 60  # from one IPv6 network of /48
MOST_OF_NAME = 100  # at one user name, from all addresses together
MOST_UNHEARD = 1000  # from a slowed address, before its known clients wait too
MOST_KEYS = 1000  # addresses, networks or names that are counted each for itself at a time
MOST_REMEMBERED = 1000  # attempts that are known again

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Tried:
    """A credential that a caller came with, as a digest; the user name where it is one's password.

    `name` is anything that many addresses could guess at together.
    """

    credential: bytes
    name: str | None = None


class Slowing:
    """Counts guesses by address, by IPv6 customer and by user name. Threads may share one.

    An attempt that was made before from the same address, or at the same name, is no new guess.
    """

    def __init__(
        self, most: int = MOST, *, keys: int = MOST_KEYS, clock: Clock = time.monotonic
    ) -> None:
        self._clock, self._over = clock, -math.inf
        self._addresses = Counts(most, keys, clock)
        self._customers = Counts(MOST_OF_CUSTOMER, keys, clock)
        self._names = Counts(MOST_OF_NAME, keys, clock)
        self._unheard = Counts(MOST_UNHEARD, keys, clock, together=False)
        self._counted, self._passed_over = Attempts(), Attempts()

    @property
    def is_idle(self) -> bool:
        """Whether nobody guessed within the last WINDOW, so that nobody has to wait."""
        return not _is_open(self._over, self._clock())

    def pause(self, address: str, tried: Tried | None = None) -> int:
        """Return for how many seconds an attempt is not heard, at most WINDOW; mostly 0.

        One that was counted already is heard: its answer says nothing new.
        """
        if self.is_idle:
            return 0
        if tried is not None and self._counted.has(address, tried.credential):
            return 0
        pauses = [self._addresses.pause(address)]
        if customer := customer_of(address):
            pauses.append(self._customers.pause(customer))
        if tried is not None and tried.name is not None:
            pauses.append(self._names.pause(tried.name))
        return _in_seconds(max(pauses))

    def pause_of_known(self, address: str) -> int:
        """Return for how many seconds even the known clients of a slowed address wait; mostly 0.

        Or who guesses beside them would be told at any speed which guess was right.
        """
        return 0 if self.is_idle else _in_seconds(self._unheard.pause(address))

    def count(self, address: str, tried: Tried | None = None) -> None:
        """Count a guess; one of which nothing is known counts each time."""
        if tried is None or self._counted.add(address, tried.credential):
            self._over = self._clock() + WINDOW
            self._addresses.count(address)
            if customer := customer_of(address):
                self._customers.count(customer)
            if tried is not None and tried.name is not None:
                self._count_name(tried.name, tried.credential)

    def _count_name(self, name: str, credential: bytes) -> None:
        if self._counted.add(f"name {name}", credential):  # no address begins like that
            self._names.count(name)

    def pass_over(self, address: str, tried: Tried) -> None:
        """Count a guess that was not heard."""
        if self._passed_over.add(address, tried.credential):
            self._unheard.count(address)


@dataclass(slots=True)
class _Count:
    ends: float
    times: int = 0


class Counts:
    """Guesses by key, each in a window that begins with the first of them.

    None is forgotten before its window ends, so a crowd pushes nobody out: where `keys` are
    counted, all others are counted `together`, as one. Or else the oldest makes room.
    """

    def __init__(self, most: int, keys: int, clock: Clock, *, together: bool = True) -> None:
        self._most, self._keys, self._clock, self._together = most, keys, clock, together
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()  # those that end first come first
        self._others = _Count(-math.inf)
        self._lock = Lock()

    def pause(self, key: str) -> float:
        """Return for how many seconds guesses of `key` are not heard."""
        with self._lock:
            now = self._clock()
            found = self._current(_mark(key), now)
            return found.ends - now if found and found.times >= self._most else 0

    def count(self, key: str) -> None:
        """Count a guess."""
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
        """The count that a key has part in; None where its next guess begins one."""
        while self._counts and not _is_open(next(iter(self._counts.values())).ends, now):
            self._counts.popitem(last=False)
        if mark in self._counts:
            return self._counts[mark]
        return self._others if self._is_full and _is_open(self._others.ends, now) else None

    @property
    def _is_full(self) -> bool:
        return len(self._counts) >= self._keys


class Attempts:
    """Attempts that were made: the last MOST_REMEMBERED, each by where it was made and with what.

    Kept are digests with a key of this process: what is nearly a password is a secret too.
    """

    def __init__(self) -> None:
        self._made: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def has(self, where: str, credential: bytes) -> bool:
        """Whether an attempt was made; that keeps it from being forgotten."""
        mark = _mark(where, credential)
        with self._lock:
            if mark in self._made:
                self._made.move_to_end(mark)
                return True
        return False

    def add(self, where: str, credential: bytes) -> bool:
        """Remember an attempt; returns whether it is a new one."""
        if self.has(where, credential):
            return False
        with self._lock:
            self._made[_mark(where, credential)] = None
            if len(self._made) > MOST_REMEMBERED:
                self._made.popitem(last=False)
        return True


_KEY = secrets.token_bytes(32)  # of this process


def _mark(where: str, credential: bytes = b"") -> bytes:
    """A digest of one length, however long a user name is."""
    made = hashlib.blake2b(credential, digest_size=16, key=_KEY)
    made.update(where.encode("utf-8", "replace"))
    return made.digest()


def _is_open(ends: float, now: float) -> bool:
    """Whether a window is still open; never longer than WINDOW, should the clock go back."""
    return now < ends <= now + WINDOW


def _in_seconds(pause: float) -> int:
    return min(math.ceil(pause), int(WINDOW))
