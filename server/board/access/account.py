"""The routes about the visitor: their name, rights and sessions."""

from collections.abc import Sequence

from flask import Response
from werkzeug.exceptions import NotFound

from provisioning.access.accounts import sessions
from server.auth.browsers import Visitor
from server.board import words
from server.board.access.others import ACTION
from server.board.pages import NUMBER, see_other, why_not
from server.board.views import BoardPages, get, post

MAX_SITES = 500  # that are listed with what one may do there


class AccountPages(BoardPages):
    """The views about the visitor."""

    @get("/me")
    def me(self) -> Response:
        """The name and the rights of the visitor, for browsers."""
        visitor = self._visitor
        names = list(self._repo.now().sites())
        shown = rights(visitor, names[:MAX_SITES])
        return self._show(
            "access/me.html",
            sites=shown,
            others=len(names) - len(shown),
            way=words.way(visitor.session.way, visitor.title_of_provider),
        )

    @get("/sessions")
    def own_sessions(self) -> Response:
        """The open sessions of the visitor, for browsers."""
        visitor = self._visitor
        with self._database.reading() as session:
            found = sessions.open_of(session, visitor.session.account_id, self._clock())
        return self._show(
            "access/sessions.html",
            sessions=found,
            why_not_others=why_not(visitor.permit_named_admin, ACTION),
        )

    @post(f"/sessions/{NUMBER}/end")
    def end_session(self, number: int) -> Response:
        """End one of the own sessions."""
        visitor = self._visitor
        with self._database.begin() as session:
            at = self._clock()
            if not sessions.revoke(session, number, visitor.session.account_id, at):
                raise NotFound("You have no such session, or it has ended.")
        return see_other("/board/sessions")


def rights(visitor: Visitor, sites: Sequence[str]) -> list[tuple[str, str | None]]:
    """Return each site, with the reason why a person may not change its Macs, or None."""
    return [(site, why_not(visitor.permit, site)) for site in sites]
