"""The routes of the sessions of others, for admins whom the policy names."""

import structlog
from flask import Response, request
from werkzeug.exceptions import NotFound

from infrastructure.text import readable, storable
from provisioning.access.accounts import open_sessions
from provisioning.values.language import marked
from server.board import words
from server.board.pages import NUMBER, see_other
from server.board.views import BoardPages, get, post

MAX_SESSIONS = 200  # sessions on the page; a search finds others
LONGEST = 80  # characters of what is searched for
LONGEST_ID = 255
ACTION = marked("see and end the sessions of others")

log = structlog.get_logger()


class OthersPages(BoardPages):
    """The views of the sessions of others."""

    @get("/sessions/others")
    def others(self) -> Response:
        """The open sessions of everybody, for admins; `q` is a part of a name or an id."""
        visitor = self._visitor
        visitor.permit_named_admin(ACTION)
        text = readable(request.args.get("q", ""), LONGEST)
        with self._database.reading() as session:
            found = open_sessions.open_of_all(session, self._clock(), text=text)
        return self._show(
            "access/others.html",
            sessions=found[:MAX_SESSIONS],
            others=max(len(found) - MAX_SESSIONS, 0),
            text=text,
            way=lambda name: words.way(name, visitor.title_of_provider),
        )

    @post(f"/sessions/others/{NUMBER}/end")
    def end_one(self, number: int) -> Response:
        """End the session of another person, for admins."""
        visitor = self._visitor
        visitor.permit_named_admin(ACTION)
        with self._database.begin() as session:
            ended = open_sessions.end_one(session, number, self._clock())
        if ended is None:
            raise NotFound("There is no such session, or it has ended.")
        log.info("sessions ended", of=ended, number=1, by=visitor.actor.by)
        return see_other("/board/sessions/others")

    @post("/sessions/others/end-all")
    def end_all_of(self) -> Response:
        """End all sessions of a person, for admins."""
        visitor = self._visitor
        visitor.permit_named_admin(ACTION)
        account_id = storable(request.form.get("account", ""), LONGEST_ID)
        with self._database.begin() as session:
            number = open_sessions.end_all_of(session, account_id, self._clock())
        if not number:
            raise NotFound("There is no such session, or it has ended.")
        log.info("sessions ended", of=account_id, number=number, by=visitor.actor.by)
        return see_other("/board/sessions/others")
