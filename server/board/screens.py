"""The routes of screens: the page that a screen shows, and the page that pairs and ends them."""

from dataclasses import dataclass
from functools import partial

from flask import Response, request
from werkzeug.exceptions import BadRequest, NotFound

from infrastructure.text import Sentence, readable
from provisioning.access.accounts import people, screens
from provisioning.access.accounts.models import Screen
from provisioning.registrations.listings import columns
from provisioning.values.language import _, spoken
from provisioning.values.outsiders import is_same
from server.auth.browsers import Visitor
from server.auth.screens import Screens
from server.board import words
from server.board.pages import NUMBER, see_other, why_not
from server.board.recent import RecentValues, news_of
from server.board.registrations.overview import BoardColumn, columns_of
from server.board.views import BoardPages, BoardParts, get, post

MAX_ON_A_SCREEN = 8  # Macs in a column: as many as fit where they are read from 4 m
LONGEST_CODE = 40  # characters as they are typed


@dataclass(frozen=True, slots=True)
class ListedScreen:
    """A screen in the list, and the reason why this person may not end it."""

    screen: Screen
    paired_by: str
    why_not: str | None


class ScreenPages(BoardPages):
    """The views of screens."""

    def __init__(self, parts: BoardParts, door: Screens) -> None:
        super().__init__(parts)
        self._door = door
        self._found: RecentValues[list[BoardColumn]] = RecentValues()

    @get("/wall")
    def wall(self) -> Response:
        """The Macs of a site for a screen in a room, or the code by which one is paired."""
        wall = self._door.admit(request)
        screen = wall.screen
        shown = self._columns_of(screen.site) if screen else []
        response = self._show(
            "screens/wall.html",
            code=f"{wall.code[:4]}-{wall.code[4:]}",
            site=(screen.site or _("All sites")) if screen else None,
            is_of_one_site=bool(screen and screen.site),
            columns=shown,
            at=self._door.clock(),
            origin=self._browsers.origin,
        )
        self._door.keep(response, wall)
        return response

    @get("/screens")
    def screens(self) -> Response:
        """The screens in use, for browsers, and the form that pairs another one."""
        visitor = self._visitor
        with self._database.reading() as session:
            found = screens.in_use(session)
            names = people.names(session, [each.paired_by for each in found])
        sites = self._repo.now().sites()
        refused = {site: _why_not(site, visitor) for site in sites}
        return self._show(
            "screens/screens.html",
            screens=[
                ListedScreen(each, words.person(each.paired_by, names), _why_not_end(each, visitor))
                for each in found
            ],
            sites=[site for site in sites if refused[site] is None],
            why_not_all=_why_not(None, visitor),
            why_none=next((reason for reason in refused.values() if reason), None),
            is_paired=request.args.get("done") == "paired",
            origin=self._browsers.origin,
        )

    @post("/screens")
    def pair(self) -> Response:
        """Pair the screen that shows this code."""
        visitor = self._visitor
        code = self._door.digest_of_code(request.form.get("code", "")[:LONGEST_CODE])
        if code is None:
            raise BadRequest(_("No screen shows this code: type it as it stands there."))
        chosen = request.form.get("site", "")
        if chosen and chosen not in self._repo.now().sites():
            raise BadRequest(_("There is no site {name}.", name=readable(chosen, 80)))
        _permit(visitor, chosen or None)
        by, at = visitor.actor.by, self._door.clock()
        with self._database.begin() as session:
            screens.leave_ticket(session, code, chosen or None, by=by, at=at)
        return see_other("/board/screens?done=paired")

    @post(f"/screens/{NUMBER}/end")
    def end_screen(self, number: int) -> Response:
        """Revoke a screen: it shows a code again."""
        visitor = self._visitor
        with self._database.begin() as session:
            is_ended = screens.revoke(
                session,
                number,
                by=visitor.actor.by,
                permit=partial(_permit, visitor),
                at=self._door.clock(),
            )
        if not is_ended:
            raise NotFound(_("There is no such screen, or it was ended already."))
        return see_other("/board/screens")

    def _columns_of(self, site: str | None) -> list[BoardColumn]:
        return self._found.get(
            (site, spoken()), news_of(request), lambda: self._columns(site or "")
        )

    def _columns(self, site: str) -> list[BoardColumn]:
        with self._database.reading() as session:
            found = columns.of(session, site=site, build="", text="", limit=MAX_ON_A_SCREEN)
        return columns_of(found)


def _permit(visitor: Visitor, site: str | None) -> None:
    """Check that a person may have a screen for a site, or for all. Raises NotAllowed."""
    if site is not None:
        visitor.permit(site)
    else:
        visitor.permit_admin(Sentence("have a screen for all sites"))


def _why_not(site: str | None, visitor: Visitor) -> str | None:
    return why_not(_permit, visitor, site)


def _why_not_end(screen: Screen, visitor: Visitor) -> str | None:
    if is_same(screen.paired_by, visitor.actor.by):
        return None
    return _why_not(screen.site, visitor)
