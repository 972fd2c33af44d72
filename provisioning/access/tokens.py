"""Script tokens: signed, short-lived grants for a served script, in place of a password.

A token contains the start of the time window in which it was made, not the moment. So all copies
of a script that are made within one window are the same, byte for byte.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from provisioning.access.errors import EarlyToken, ExpiredToken, InvalidToken, SpentToken
from provisioning.munki import Destination
from provisioning.values.serials import Serial

# The destination of a script that names none: it only gets registered Macs their manifests.
WHERE_REGISTERED = Destination("", "")
SALT = "rollcall.manifest"
WINDOWS = 4  # in a token's lifetime: it may be good for a quarter longer
LENGTHS = (2, 4, 5)  # of a token's list: destination, then the Mac, then the allowed site
SKEW = 300  # seconds that the clocks of two servers may differ


@dataclass(frozen=True, slots=True)
class BoundMac:
    """The one Mac that a token is for: its serial's key, and its registration where it had one."""

    serial: str
    registration: int | None = None


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """The grant of a verified token: manifests for `destination`, and of `mac` alone where given.

    `allowed_site` is the only site to which it may send Macs, even registered ones; None allows
    all. The token was made in the `window` that began at `since`, and verified at `at`.
    """

    destination: Destination
    mac: BoundMac | None
    since: datetime
    window: timedelta
    at: datetime
    allowed_site: str | None = None

    def check(
        self, serial: Serial, registration: int | None, confirmed_at: datetime | None
    ) -> None:
        """Raise InvalidToken where this is not valid for a Mac with that open registration.

        A token that is bound to a Mac expires one window after that is confirmed: until then the
        Mac may repeat its call, because the answer may have been lost.
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
    """An issuer and verifier of tokens for scripts that request manifests of one site and build.

    A token for WHERE_REGISTERED is valid for any registered Mac, and for no other. Each is valid
    for `lifetime`, and for the rest of its window. `clock` returns seconds since 1970.
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
        """Return the moment at which a token of that window expires."""
        return datetime.fromtimestamp(int(window * self.window.total_seconds()), UTC) + (
            self.lifetime + self.window
        )

    def issue(
        self,
        destination: Destination,
        mac: BoundMac | None = None,
        window: int | None = None,
        *,
        allowed_site: str | None = None,
    ) -> str:
        """Return a token for scripts that send Macs to `destination`: letters, digits, `._-`.

        It is valid for `mac` alone, and for the site `allowed_site`, where given. It is made in
        that `window`, or in the present one.
        """
        number = self.this_window() if window is None else window
        content: list[object] = [destination.site, destination.build]
        if mac is not None or allowed_site is not None:
            content += [mac.serial, mac.registration] if mac else [None, None]
        if allowed_site is not None:
            content.append(allowed_site)
        signer = _Signer(self._secret_key, at=number * self.window.total_seconds())
        return signer.sign(self._serializer.dump_payload(content)).decode()

    def verify(self, token: str) -> TokenGrant:
        """Return the grant of a token.

        Raises InvalidToken; its kinds ExpiredToken or EarlyToken where the token is ours.
        """
        now = self._clock()
        try:
            content, made_at = self._serializer.loads(token, return_timestamp=True)
            destination, mac, allowed_site = _read(content)
        except (BadData, ValueError, TypeError) as error:
            raise InvalidToken("The script's token is not one of ours.") from error
        age = now - made_at.timestamp()
        if age > self._longest:
            raise ExpiredToken(destination.site, destination.build)
        if age < -SKEW:
            raise EarlyToken
        at = datetime.fromtimestamp(now, UTC)
        return TokenGrant(destination, mac, made_at, self.window, at, allowed_site)


class _Signer(TimestampSigner):
    """Signs with a given moment instead of the present one."""

    def __init__(self, secret_key: str, *, at: float) -> None:
        super().__init__(secret_key, salt=SALT)
        self._at = int(at)

    def get_timestamp(self) -> int:
        return self._at


def _read(content: object) -> tuple[Destination, BoundMac | None, str | None]:
    """Return the content of a token. Raises ValueError or TypeError for one that is not ours."""
    if not isinstance(content, list):
        raise TypeError
    site, build, *rest = content
    serial, registration, allowed_site = [*rest, None, None, None][:3]
    types = (str, str, str | None, int | None, str | None)
    values = (site, build, serial, registration, allowed_site)
    if len(content) not in LENGTHS or not all(map(isinstance, values, types)):
        raise TypeError
    bound = BoundMac(serial, registration) if serial is not None else None
    return Destination(site, build), bound, allowed_site
