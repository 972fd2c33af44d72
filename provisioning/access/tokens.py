"""Script tokens: what a served script may do, for how long, without any password in it.

A token says when the window began in which it was made, not the moment: so a script comes out the
same, byte for byte, as often as it is made within one window.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from provisioning.access.errors import EarlyToken, ExpiredToken, InvalidToken, SpentToken
from provisioning.munki import Destination
from provisioning.values.serials import Serial

# The destination of a script that names none: it may only ask for what was registered.
WHERE_REGISTERED = Destination("", "")
SALT = "rollcall.manifest"
WINDOWS = 4  # in a token's lifetime: it may be good for a quarter longer
LENGTHS = (2, 4, 5)  # of what stands in a token: where to, for which Mac, for which site only
SKEW = 300  # seconds that the clocks of two servers may differ


@dataclass(frozen=True, slots=True)
class Bound:
    """The one Mac that a token is for: its serial's key, and its registration where it had one."""

    serial: str
    registration: int | None = None


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """The grant of a verified token: manifests for `destination`, and of `mac` alone where given.

    `only` is the one site that it may send Macs to, whatever is registered; None: any. It was
    made in the `window` that began at `since`, and verified at `at`.
    """

    destination: Destination
    mac: Bound | None
    since: datetime
    window: timedelta
    at: datetime
    only: str | None = None

    def check(
        self, serial: Serial, registration: int | None, confirmed_at: datetime | None
    ) -> None:
        """Raise InvalidToken where this is not good for a Mac with that open registration.

        A token that is bound to a Mac has served once that is confirmed. For a whole window more
        it may repeat its call, because the answer may have been lost.
        """
        if self.mac is None:
            return
        if self.mac.serial != serial.key:
            raise InvalidToken(f"The script's token is for {self.mac.serial} alone.")
        if self.mac.registration not in (None, registration):
            raise SpentToken(serial.text, "is cancelled")
        if confirmed_at is None or confirmed_at < self.since:  # that was an earlier first boot
            return
        if self.at > max(confirmed_at, self.since + self.window) + self.window:
            raise SpentToken(serial.text, "has been confirmed since")


class Tokens:
    """Issues and verifies tokens that let a script ask for manifests of one site and build.

    One for WHERE_REGISTERED is good for any Mac that somebody has registered, and for no other.
    Each is good for `lifetime`, and for what is left of its window. `clock` gives seconds.
    """

    def __init__(
        self, secret_key: str, lifetime: timedelta, clock: Callable[[], float] = time.time
    ) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt=SALT)
        self._secret_key = secret_key
        self._clock = clock
        self.lifetime = lifetime
        self.window = max(lifetime / WINDOWS, timedelta(seconds=1))
        self._longest = (lifetime + self.window).total_seconds()

    def this_window(self) -> int:
        """Return the number of the window that is open now."""
        return int(self._clock() // self.window.total_seconds())

    def end_of(self, window: int) -> datetime:
        """Return when a token that is made in that window ends."""
        return datetime.fromtimestamp(int(window * self.window.total_seconds()), UTC) + (
            self.lifetime + self.window
        )

    def issue(
        self,
        destination: Destination,
        mac: Bound | None = None,
        window: int | None = None,
        *,
        only: str | None = None,
    ) -> str:
        """Return a token for scripts that send Macs to `destination`: letters, digits, `._-`.

        Good for `mac` alone, and for the site `only`, where given; made in that `window`, or in
        the one that is open.
        """
        number = self.this_window() if window is None else window
        content: list[object] = [destination.site, destination.build]
        if mac is not None or only is not None:
            content += [mac.serial, mac.registration] if mac else [None, None]
        if only is not None:
            content.append(only)
        signer = _Signer(self._secret_key, at=number * self.window.total_seconds())
        return signer.sign(self._serializer.dump_payload(content)).decode()

    def verify(self, token: str) -> TokenGrant:
        """Return what the script that carries `token` may do.

        Raises InvalidToken; ExpiredToken or EarlyToken, kinds of it, where the token was ours.
        """
        now = self._clock()
        try:
            content, made = self._serializer.loads(token, return_timestamp=True)
            destination, mac, only = _read(content)
        except (BadData, ValueError, TypeError) as error:
            raise InvalidToken("The script's token is not one of ours.") from error
        age = now - made.timestamp()
        if age > self._longest:
            raise ExpiredToken(destination.site, destination.build)
        if age < -SKEW:
            raise EarlyToken
        at = datetime.fromtimestamp(now, UTC)
        return TokenGrant(destination, mac, made, self.window, at, only)


class _Signer(TimestampSigner):
    """Signs with a given moment instead of the present one."""

    def __init__(self, secret_key: str, *, at: float) -> None:
        super().__init__(secret_key, salt=SALT)
        self._at = int(at)

    def get_timestamp(self) -> int:
        return self._at


def _read(content: Any) -> tuple[Destination, Bound | None, str | None]:
    """The content of a token. Raises ValueError or TypeError for what was never ours."""
    if not isinstance(content, list):
        raise TypeError
    site, build, *rest = content
    serial, registration, only = [*rest, None, None, None][:3]
    known = (str, str, str | None, int | None, str | None)
    given = (site, build, serial, registration, only)
    if len(content) not in LENGTHS or not all(map(isinstance, given, known)):
        raise TypeError
    bound = Bound(serial, registration) if serial is not None else None
    return Destination(site, build), bound, only
