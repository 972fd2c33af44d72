"""The routes about the visitor: the own sessions, who they are and what they may do."""

from flask import Blueprint, Response, g
from werkzeug.exceptions import NotFound

from infrastructure.database.engine import Database
from provisioning.access.accounts import sessions
from provisioning.munki import MunkiRepo
from provisioning.policy import NotAllowed
from server.auth.browsers import Browsers, Visitor
from server.board import words
from server.board.pages import Pages, why

MOST_SITES = 500  # that are listed with what one may do there


class AccountViews:
    """The views about the visitor."""

    def __init__(
        self, pages: Pages, database: Database, repo: MunkiRepo, browsers: Browsers
    ) -> None:
        self._pages, self._database, self._repo = pages, database, repo
        self._browsers = browsers

    def add_to(self, routes: Blueprint) -> None:
        """Add the routes."""
        routes.add_url_rule("/me", view_func=self.me)
        routes.add_url_rule("/sessions", view_func=self.own_sessions)
        routes.add_url_rule(
            "/sessions/<int:number>/end", view_func=self.end_session, methods=["POST"]
        )

    def me(self) -> Response:
        """The name and the rights of the visitor, for browsers."""
        visitor: Visitor = g.visitor
        names = list(self._repo.now().sites())
        shown = [(name, _why_not(visitor, name)) for name in names[:MOST_SITES]]
        return self._pages.show(
            "me.html",
            visitor,
            sites=shown,
            others=len(names) - len(shown),
            way=words.way(visitor.session.way, visitor.title_of_provider),
        )

    def own_sessions(self) -> Response:
        """The open sessions of the visitor, for browsers."""
        visitor: Visitor = g.visitor
        with self._database.reading() as session:
            found = sessions.open_of(session, visitor.session.account_id, self._browsers.clock())
        return self._pages.show("sessions.html", visitor, sessions=found)

    def end_session(self, number: int) -> Response:
        """End one of the own sessions."""
        visitor: Visitor = g.visitor
        with self._database.begin() as session:
            at = self._browsers.clock()
            if not sessions.revoke(session, number, visitor.session.account_id, at):
                raise NotFound("You have no such session, or it has ended.")
        response = Response(status=303)
        response.headers["Location"] = "/board/sessions"
        return response


def _why_not(visitor: Visitor, site: str) -> str | None:
    try:
        visitor.permit(site)
    except NotAllowed as error:
        return why(error)
    return None
