"""A rate limiter of guesses: wrong credentials are counted, and after too many new ones wait.

All of it is in the memory of one process, and bounded, whatever is sent. Time is the monotonic
clock's, which cannot be set.
"""

import hashlib
import math
import time
from dataclasses import dataclass

from server.auth.client_address import customer_of
from server.auth.guesses import MAX_KEYS, WINDOW, Attempts, Clock, Counts, is_open

MAX_GUESSES = 20  # guesses from one address
MAX_OF_CUSTOMER = 60  # from one IPv6 network of /48
MAX_OF_NAME = 100  # at one user name, from all addresses together
MAX_BEFORE_PAUSE = 1000  # from a slowed address, before its known clients wait too


def digest_of(credential: str) -> bytes:
    """Return a SHA-256 digest: of one length, so that comparing two takes the same time."""
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class TriedCredential:
    """A credential that a caller sent, as `digest_of` returns it.

    `name` is what many addresses could try to guess together, such as a user name; None: nothing.
    """

    credential: bytes
    name: str | None = None


class Throttle:
    """Limits on guesses by address, by IPv6 customer and by user name. Threads may share one.

    An attempt that was made before from the same address, or at the same name, is no new guess.
    """

    def __init__(self, limit: int = MAX_GUESSES, *, clock: Clock = time.monotonic) -> None:
        self._clock, self._over = clock, -math.inf
        self._addresses = Counts(limit, MAX_KEYS, clock)
        self._customers = Counts(MAX_OF_CUSTOMER, MAX_KEYS, clock)
        self._names = Counts(MAX_OF_NAME, MAX_KEYS, clock)
        self._unheard = Counts(MAX_BEFORE_PAUSE, MAX_KEYS, clock, shares_counter=False)
        self._counted, self._passed_over = Attempts(), Attempts()

    @property
    def is_idle(self) -> bool:
        """True if no guess was counted within the last WINDOW, so that no attempt waits."""
        return not is_open(self._over, self._clock())

    def pause(self, address: str, tried: TriedCredential | None = None) -> int:
        """Return the seconds for which an attempt is not heard: 0, mostly, to WINDOW.

        An attempt that was counted already is heard: its answer says nothing new.
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
        """Return the seconds for which even known clients of a slowed address wait: 0, mostly.

        Without it, a guesser at the same address could find out at any speed which guess is right.
        """
        return 0 if self.is_idle else _in_seconds(self._unheard.pause(address))

    def count(self, address: str, tried: TriedCredential | None = None) -> None:
        """Count a guess, unless it was counted before. Without `tried` it is always a new one."""
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

    def pass_over(self, address: str, tried: TriedCredential) -> None:
        """Count a guess that was not heard."""
        if self._passed_over.add(address, tried.credential):
            self._unheard.count(address)


def _in_seconds(pause: float) -> int:
    return min(math.ceil(pause), int(WINDOW))
