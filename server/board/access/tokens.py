"""The routes of tokens for the API: people make and revoke theirs; named admins see all."""

from datetime import timedelta

import structlog
from flask import Response, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from infrastructure.text import whole_number
from provisioning.access.accounts import people
from provisioning.access.credentials import UnknownCredential
from provisioning.access.programs import tokens
from provisioning.access.programs.models import ADMINISTER, CHANGE, READ, REGISTER
from provisioning.access.programs.tokens import (
    LIFETIME,
    LONGEST_LIFETIME,
    LONGEST_NAME,
    TokenRequest,
    TooManyTokens,
    UnusableToken,
)
from provisioning.values.language import _, marked
from provisioning.values.outsiders import is_same
from server.board import words
from server.board.pages import NUMBER, see_other
from server.board.views import BoardPages, get, post

log = structlog.get_logger()

PATH = "/board/tokens"
LONGEST_DAYS = LONGEST_LIFETIME.days
ACTS = {
    READ: marked("see registrations, Macs, sites and builds"),
    REGISTER: marked("register Macs"),
    CHANGE: marked("move, name, image again, replace and cancel Macs, and undo"),
    ADMINISTER: marked("what admins alone may do"),
}


class TokenPages(BoardPages):
    """The views of tokens for the API."""

    @get("/tokens")
    def tokens(self) -> Response:
        """The tokens for the API: the visitor's own; for admins of the policy, those of all."""
        return self._list()

    @post("/tokens")
    def make_token(self) -> Response:
        """Make a token and show it, this once; it is in no address and no log."""
        visitor = self._visitor
        days, sites = whole_number(request.form.get("days", "")), request.form.getlist("site")
        if days is None:
            raise BadRequest(_("This form is incomplete: load its page again."))
        repo = self._repo.now()
        token_request = TokenRequest(
            request.form.get("name", ""),
            request.form.getlist("act"),
            tuple(repo.site(site) for site in sites[: len(repo.sites())]) or None,
            timedelta(days=days),
        )
        try:
            with self._database.begin() as session:
                at, author = self._clock(), visitor.session.author
                key = tokens.make(session, token_request, made_by=author, at=at)
        except UnusableToken:
            raise BadRequest(
                _("A token needs a name, an act, and 1 to {number} days.", number=LONGEST_DAYS)
            ) from None
        except TooManyTokens:
            raise Conflict(_("You have as many tokens as one may have: revoke one.")) from None
        log.info("token made", by=visitor.session.account_id, acts=list(token_request.acts))
        return self._list(key)

    @post(f"/tokens/{NUMBER}/revoke")
    def revoke_token(self, number: int) -> Response:
        """Revoke a token, one's own or, for admins of the policy, any."""
        visitor = self._visitor
        mine = None if visitor.is_named_admin else visitor.session.author
        try:
            with self._database.begin() as session:
                tokens.revoke(session, number, self._clock(), made_by=mine)
        except UnknownCredential:
            raise NotFound(_("There is no such token.")) from None
        log.info("token revoked", by=visitor.session.account_id, credential=number)
        return see_other(PATH)

    def _list(self, key: str | None = None) -> Response:
        visitor, now = self._visitor, self._clock()
        author = visitor.session.author
        with self._database.reading() as session:
            found = tokens.listed(session, None if visitor.is_named_admin else author)
            names = people.names(session, [each.made_by for each in found])
        return self._show(
            "access/tokens.html",
            key=key,
            tokens=found,
            now=now,
            acts=[(act, _(text)) for act, text in ACTS.items()],
            sites=self._repo.now().sites(),
            days=LIFETIME.days,
            longest=LONGEST_DAYS,
            longest_name=LONGEST_NAME,
            maker=lambda by: words.person(by, names) if by else _("whoever runs Rollcall"),
            is_mine=lambda by: is_same(by or "", author),
        )
