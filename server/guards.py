"""What happens to those who are refused: a log line, a count, and a pause for the insistent."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

import structlog
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Request

from server.repeats import Repeats
from server.slowing import Slowing

log = structlog.get_logger()

# Reasons: what people read of a refusal. Never with anything in them that a caller sent.
NOTHING_SENT = "no credentials"
WRONG = "wrong credentials"
ELSEWHERE = "credentials of another site"
FORGED = "invalid token"
EXPIRED = "expired token"
UNKNOWN_KEY = "unknown report key"
WRONG_SIGNATURE = "wrong signature"
OLD_SIGNATURE = "old signature"
SLOWED = "refused too often"
# Nobody guesses by sending nothing, nor with what was signed by the right key once; and a Mac with
# an old script shall not keep out the others behind its address.
_HARMLESS = frozenset({NOTHING_SENT, EXPIRED, OLD_SIGNATURE})

UNKNOWN = "unknown"  # an address that a proxy in front of us did not say


class Guard:
    """Stands at one door. `note` is told the address and the reason of each refusal.

    Each door has a guard of its own: an old key for reports must not keep Macs from booting.
    """

    def __init__(self, note: Callable[[str, str], None], slowing: Slowing) -> None:
        self._note, self._slowing = note, slowing
        self._said = Repeats(log.warning)

    def hear(self, request: Request) -> None:
        """Raise TooManyRequests where nobody listens to this address for a while."""
        if self._slowing.is_idle:
            return
        pause = self._slowing.pause(address_of(request))
        if pause:
            self._note(address_of(request), SLOWED)
            raise TooManyRequests(
                f"Too many calls from this address were refused; try again in {pause} s.",
                retry_after=pause,
            )

    def refuse(self, request: Request, reason: str) -> None:
        """Take note that a caller is refused."""
        address = address_of(request)
        self._said.say((address, reason), "refused", address=address, reason=reason)
        self._note(address, reason)
        if reason not in _HARMLESS and address != UNKNOWN:
            self._slowing.count(address)


def address_of(request: Request) -> str:
    """Where a request comes from: an IPv4 address, or the network of an IPv6 one.

    A single host has the whole of a /64.
    """
    return _network(request.remote_addr or "")


@lru_cache(maxsize=1024)
def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if found.version == 4:  # noqa: PLR2004
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
