"""A guard of one route: it logs and counts refusals, and slows guesses."""

from collections.abc import Callable

import structlog
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Request

from provisioning.access.known_clients import KnownClients
from provisioning.access.refusals import (
    EARLY,
    ELSEWHERE,
    EXPIRED,
    NOTHING_SENT,
    OLD_SIGNATURE,
    ONE_JSON,
    SLOWED,
)
from server.auth.client_address import address_of
from server.auth.throttling import Throttle, TriedCredential
from server.repeats import Repeats

log = structlog.get_logger()

# No guesses: nothing was sent, or something that we or Slack signed, or a key that we made.
_HARMLESS = frozenset({NOTHING_SENT, EXPIRED, EARLY, ELSEWHERE, ONE_JSON, OLD_SIGNATURE})


class Guard:
    """The log and the rate limit of one route. `note` gets address and reason of each refusal.

    Each route has a guard of its own: an old key for reports must not keep Macs from booting.
    Keys that Rollcall made and signatures cannot be guessed: check them first, and call `throttle`
    only where they are wrong. Before a password is checked, call `throttle`: else the time of the
    answer would tell if it is right. `known_clients` do not wait.
    """

    def __init__(
        self,
        note: Callable[[str, str], None],
        throttle: Throttle,
        known_clients: KnownClients | None = None,
    ) -> None:
        self._note, self._throttle, self._known_clients = note, throttle, known_clients
        self._repeats = Repeats(log.warning)

    def throttle(self, request: Request, tried: TriedCredential | None = None) -> None:
        """Raise TooManyRequests where the attempt `tried` has to wait.

        Without `tried`: where any new attempt from that address has to.
        """
        if self._throttle.is_idle:
            return
        address = address_of(request)
        pause = self._throttle.pause(address, tried)
        if pause and tried is not None:
            pause = self._pause_of(address, tried, pause)
        if pause:
            self._note(address, SLOWED)
            raise TooManyRequests(
                "Too many calls from this address were refused, or too many that named this "
                f"user; try again in {pause} s.",
                retry_after=pause,
            )

    def refuse(self, request: Request, reason: str, tried: TriedCredential | None = None) -> None:
        """Count the refusal of a caller; without `tried` each one is a new guess."""
        address = address_of(request)
        self._repeats.say((address, reason), "refused", address=address, reason=reason)
        self._note(address, reason)
        if reason not in _HARMLESS:
            self._throttle.count(address, tried)

    def knows(self, request: Request, tried: TriedCredential) -> bool:
        """Return True if the credential was let in from its address today. Most calls end here."""
        address = address_of(request)
        if self._known_clients is None or not self._known_clients.is_noted(
            address, tried.credential
        ):
            return False
        return not self._throttle.pause_of_known(address)

    def remember(self, request: Request, tried: TriedCredential) -> None:
        """Remember a valid credential and its address."""
        if self._known_clients is not None:
            self._known_clients.note(address_of(request), tried.credential)

    def _pause_of(self, address: str, tried: TriedCredential, pause: int) -> int:
        if self._known_clients is not None and self._known_clients.is_known(
            address, tried.credential
        ):
            return self._throttle.pause_of_known(address)
        self._throttle.pass_over(address, tried)
        return pause
