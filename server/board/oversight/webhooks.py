"""The routes on which named admins make, test, replay and end webhooks, and change their keys."""

import structlog
from flask import Response, request

from infrastructure.text import Sentence
from provisioning.monitoring.webhooks import events, hooks
from server.board.pages import NUMBER, see_other
from server.board.views import BoardPages, get, post

log = structlog.get_logger()

PATH = "/board/webhooks"
MANAGING = Sentence("make and end webhooks")
ACTS = ("test", "replay", "key", "end")


class WebhookPages(BoardPages):
    """The views of webhooks. Without named admins, when all are admins, they are closed to all."""

    @get("/webhooks")
    def webhooks(self) -> Response:
        """The webhooks, without their keys, and what waits for each; for admins of the policy."""
        self._visitor.permit_named_admin(MANAGING)
        return self._list()

    @post("/webhooks")
    def make_webhook(self) -> Response:
        """Make a webhook and show its key, this once."""
        visitor, form = self._visitor, request.form
        visitor.permit_named_admin(MANAGING)
        repo = self._repo.now()
        sites = [repo.site(site) for site in form.getlist("sites")]
        with self._database.begin() as session:
            hook = hooks.make(
                session,
                form.get("url", ""),
                by=visitor.actor.by,
                at=self._clock(),
                allowed=self._policy.policy.webhooks.allow,
                description=form.get("description", ""),
                types=form.getlist("types"),
                sites=sites,
            )
        log.info("webhook made", by=visitor.session.account_id, webhook=hook.id)
        return self._list(hook.key)

    @post(f"/webhooks/{NUMBER}/<any({', '.join(ACTS)}):verb>")
    def act_on_webhook(self, number: int, verb: str) -> Response:
        """Send a test, send again what was set aside, give another key, or end a webhook."""
        visitor, at, key = self._visitor, self._clock(), None
        visitor.permit_named_admin(MANAGING)
        by = visitor.actor.by
        if verb == "replay":
            hooks.replay(self._database, number, at=at)
        else:
            with self._database.begin() as session:
                if verb == "test":
                    hooks.try_out(session, number, by=by, at=at)
                elif verb == "key":
                    key = hooks.change_key(session, number, at=at).key
                else:
                    hooks.end(session, number, by=by, reason="", at=at)
        log.info("webhook changed", by=visitor.session.account_id, webhook=number, verb=verb)
        return self._list(key) if key else see_other(PATH)

    def _list(self, key: str | None = None) -> Response:
        with self._database.reading() as session:
            found = hooks.listed(session)
        return self._show(
            "oversight/webhooks.html",
            key=key,
            webhooks=found,
            types=events.TYPES,
            sites=self._repo.now().sites(),
        )
