"""Authentication of screens: browsers that show a code until they are paired, and then a page.

A code is made of the browser's random id and of the time, with a key of the server, so nothing is
stored before a person types it.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Request, Response
from werkzeug.exceptions import TooManyRequests

from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from provisioning.access.accounts import screens
from provisioning.access.accounts.models import Screen
from server.auth.client_address import address_of
from server.auth.cookies import SCREEN, Cookies
from server.auth.throttling import Throttle, TriedCredential, digest_of

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, which make words, and none that look like figures
LENGTH = 8  # letters of a code; the last one checks the others
CODE_TURN = 300  # seconds for which a screen shows a code; it is good for one turn more
COOKIE_LIFETIME = 400 * 24 * 3600  # seconds: no browser keeps one for longer
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Wall:
    """A browser of an imaging room: a paired `screen`, or else the `code` that it shows.

    `token` is its random id, for its cookie.
    """

    token: str
    screen: Screen | None
    code: str


class Screens:
    """An authenticator of screens, for the board at an `origin`."""

    def __init__(
        self,
        database: Database,
        *,
        secret_key: str,
        origin: str,
        throttle: Throttle,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database, self._throttle, self.clock = database, throttle, clock
        self._key = hmac.digest(secret_key.encode(), b"rollcall.screens", "sha256")
        self._cookies = Cookies(origin)

    def admit(self, request: Request) -> Wall:
        """Return the screen of a browser, or the code for it to show. Raises TooManyRequests."""
        token, now = request.cookies.get(self._cookies.named(SCREEN), ""), self.clock()
        if not _TOKEN.fullmatch(token):
            return self._new(now)
        digest = hashlib.sha256(token.encode()).hexdigest()
        with self._database.reading() as session:
            screen = screens.find(session, digest)
        if screen is None:
            self._slow_down(request, token)
            screen = self._paired(token, digest, request.headers.get("User-Agent", ""), now)
        if screen is not None and screen.revoked_at is not None:
            return self._new(now)
        if screen is not None and now - screen.seen_at >= screens.NOTE_INTERVAL:
            with self._database.begin() as session:
                screens.note_seen(session, screen.id, now)
        return Wall(token, screen, self._code(token, now))

    def keep(self, response: Response, wall: Wall) -> None:
        """Store the browser's id in a cookie for as long as browsers allow."""
        self._cookies.set(response, SCREEN, wall.token, COOKIE_LIFETIME)

    def digest_of_code(self, typed: str) -> str | None:
        """Return the digest of a code as a person typed it; None for one that no screen shows."""
        code = "".join(letter for letter in typed.upper() if letter not in " -–\u00a0")
        if (
            len(code) != LENGTH
            or not set(code) <= set(LETTERS)
            or self._check(code[:-1]) != code[-1]
        ):
            return None
        return self._digest_of(code)

    def _new(self, now: datetime) -> Wall:
        token = secrets.token_urlsafe(32)
        return Wall(token, None, self._code(token, now))

    def _paired(self, token: str, digest: str, agent: str, now: datetime) -> Screen | None:
        """The screen that a browser becomes by a ticket for one of its codes; None without one."""
        codes = [self._digest_of(self._code(token, now, turns)) for turns in (0, 1)]
        with self._database.reading() as session:
            if not screens.has_ticket(session, codes, now):
                return None
        with self._database.begin() as session:
            screens.take_ticket(session, codes, digest, agent, now)
            return screens.find(session, digest)

    def _code(self, token: str, now: datetime, turns_ago: int = 0) -> str:
        turn = int(now.timestamp()) // CODE_TURN - turns_ago
        letters = self._letters(f"code {turn} {token}")[: LENGTH - 1]
        return letters + self._check(letters)

    def _check(self, letters: str) -> str:
        return self._letters(f"check {letters}")[0]

    def _letters(self, text: str) -> str:
        """The letters for a text, which cannot be computed without the key."""
        mark = hmac.digest(self._key, text.encode(), "sha256")
        return "".join(LETTERS[byte % len(LETTERS)] for byte in mark)

    def _digest_of(self, code: str) -> str:
        return hmac.digest(self._key, f"ticket {code}".encode(), "sha256").hex()

    def _slow_down(self, request: Request, token: str) -> None:
        """Count each new id of an address: one with many of them looks for others' tickets."""
        address, tried = address_of(request), TriedCredential(digest_of(token))
        if pause := self._throttle.pause(address, tried):
            raise TooManyRequests(
                f"Too many screens at this address ask for a code; try again in {pause} s.",
                retry_after=pause,
            )
        self._throttle.count(address, tried)
