"""Watchers, who may receive news: people in their sessions, and screens."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from sqlalchemy.orm import Session

from provisioning.access.accounts import screens, sessions
from provisioning.access.digests import digest
from server.auth.cookies import SCREEN, SESSION, Cookies

LONGEST_TOKEN = 200  # characters
LONGEST_COOKIES = 8 * 1024  # characters of all of them


@dataclass(frozen=True, slots=True)
class BoardWatcher:
    """A session of a person, or a screen, by the id of its row."""

    number: int
    is_screen: bool = False


class BoardWatchers:
    """The watchers of the board at an `origin`, as the database has them."""

    def __init__(self, origin: str) -> None:
        cookies = Cookies(origin)
        self._session, self._screen = cookies.named(SESSION), cookies.named(SCREEN)

    def find(self, session: Session, cookies: str, at: datetime) -> BoardWatcher | None:
        """Return the watcher with these cookies; None where there is none."""
        kept = _parsed(cookies)
        if token := kept.get(self._session):
            signed_in = sessions.find(session, token, at)
            if signed_in is not None:
                return BoardWatcher(signed_in.session_id)
        if token := kept.get(self._screen):
            screen = screens.find(session, digest(token))
            if screen is not None and screen.revoked_at is None:
                return BoardWatcher(screen.id, is_screen=True)
        return None

    @staticmethod
    def still_in(
        session: Session, watchers: Collection[BoardWatcher], at: datetime
    ) -> set[BoardWatcher]:
        """Return those of the watchers who may still receive news."""
        people = sessions.open_among(session, _numbers(watchers, is_screen=False), at)
        rooms = screens.used_among(session, _numbers(watchers, is_screen=True))
        return {BoardWatcher(each) for each in people} | {
            BoardWatcher(each, is_screen=True) for each in rooms
        }


def _numbers(watchers: Iterable[BoardWatcher], *, is_screen: bool) -> list[int]:
    return sorted(each.number for each in watchers if each.is_screen is is_screen)


def _parsed(cookies: str) -> dict[str, str]:
    try:
        found = SimpleCookie(cookies[:LONGEST_COOKIES])
    except CookieError:
        return {}
    return {name: morsel.value[:LONGEST_TOKEN] for name, morsel in found.items()}
