"""The routes about mail: the visitor's address, links that confirm one, and links that stop it."""

from collections.abc import Sequence

import structlog
from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import Conflict

from infrastructure.text import Sentence
from provisioning.monitoring.mail import bounces, choices, stops, suppressed
from provisioning.monitoring.mail.choices import ConfirmationLinks
from provisioning.monitoring.mail.drawing import TITLES
from provisioning.monitoring.mail.models import ALL, PARTS
from provisioning.monitoring.mail.stops import StopLinks
from provisioning.monitoring.mail.suppressed import SuppressedAddress
from provisioning.values.language import _
from server.auth.browsers import Visitor
from server.board.pages import see_other
from server.board.views import BoardPages, BoardParts, get, post

log = structlog.get_logger()

PATH = "/board/mail"
LIFTING = Sentence("have mail sent to an address again")
LONGEST_TYPED = 1000  # characters of an address that are looked at
OPEN = ("show_confirmation", "confirm_address", "show_stop", "stop_mail")


class MailPages(BoardPages):
    """The views about mail. Links in mails need no session: they may be opened on any device.

    Opening one changes nothing, as scanners of mail open links; its page has a button.
    """

    def __init__(self, parts: BoardParts) -> None:
        super().__init__(parts)
        key = self._dependencies.mail_key
        self._stops, self._confirmations = StopLinks(key), ConfirmationLinks(key)

    @get("/mail")
    def own_mail(self) -> Response:
        """The address of the visitor for mail, for browsers."""
        visitor = self._visitor
        with self._database.reading() as session:
            person = visitor.session.account_id
            choice = choices.of_person(session, person)
            waiting = choices.open_request(session, person, self._clock())
            stopped = self._stopped(session, choice.address) if choice else ()
            bounce = bounces.of(session, choice.address) if choice else None
            asked = (waiting.address, waiting.made_at) if waiting else None
            unasked = bounces.of(session, *asked) if asked else None
            of_policy = self._silenced(session, visitor)
        return self._show(
            "access/mail.html",
            choice=choice,
            waiting=waiting,
            stopped=stopped,
            bounce=bounce,
            unasked=unasked,
            suppressed=of_policy,
            parts={**{part: _(title) for part, title in TITLES.items()}, ALL: _("all mail")},
            is_sent=self._dependencies.sends_mail,
        )

    @post("/mail")
    def choose_mail(self) -> Response:
        """Ask an address if mail for the visitor may come there."""
        visitor = self._visitor
        if not self._dependencies.sends_mail:
            raise Conflict(_("There is no mail server: an admin sets ROLLCALL_SMTP_URL."))
        typed = request.form.get("address", "")[:LONGEST_TYPED]
        with self._database.begin() as session:
            person = visitor.session.account_id
            choices.ask(session, person, typed, self._clock())
        return see_other(PATH)

    @post("/mail/end")
    def end_mail(self) -> Response:
        """Send the visitor no more mail."""
        visitor = self._visitor
        with self._database.begin() as session:
            choices.end(session, visitor.session.account_id, self._clock())
        return see_other(PATH)

    @post("/mail/go-on")
    def let_go_on(self) -> Response:
        """Send an address of the policy mail again, though it stopped it; for named admins."""
        visitor = self._visitor
        visitor.permit_named_admin(LIFTING)
        address = request.form.get("address", "")[:LONGEST_TYPED]
        with self._database.begin() as session:
            suppressed.lift(session, self._policy.policy, address)
        log.info("mail goes on", by=visitor.session.account_id)
        return see_other(PATH)

    @get("/mail/confirm/<token>")
    def show_confirmation(self, token: str) -> Response:
        """The page of a link that confirms an address: a button."""
        with self._database.reading() as session:
            found = self._confirmations.find(session, token, self._clock())
            address = found.address
        return self._link(address, is_done=False)

    @post("/mail/confirm/<token>")
    def confirm_address(self, token: str) -> Response:
        """Send mail to an address from now on."""
        with self._database.begin() as session:
            now = self._clock()
            address = choices.confirm(session, self._confirmations, token, now).address
        return self._link(address, is_done=True)

    @get("/mail/stop/<token>")
    def show_stop(self, token: str) -> Response:
        """The page of a link that stops mail: a button."""
        address, kind = self._stops.read(token)
        return self._link(address, is_done=False, kind=kind)

    @post("/mail/stop/<token>")
    def stop_mail(self, token: str) -> Response:
        """Send an address no more mail of a kind; programs of mail ask for it too (RFC 8058)."""
        address, kind = self._stops.read(token)
        with self._database.begin() as session:
            stops.stop(session, address, kind, self._clock())
        return self._link(address, is_done=True, kind=kind)

    def _link(self, address: str, *, is_done: bool, kind: str | None = None) -> Response:
        """Return the page of a link in a mail, with the question or the result."""
        return self._show("access/mail_link.html", address=address, is_done=is_done, kind=kind)

    def _silenced(self, session: Session, visitor: Visitor) -> Sequence[SuppressedAddress]:
        """The addresses of the policy that get no mail, for people who may lift that."""
        if not visitor.is_named_admin:
            return ()
        return suppressed.of_policy(session, self._policy.policy)

    @staticmethod
    def _stopped(session: Session, address: str) -> Sequence[str]:
        """The kinds of mail that an address stopped."""
        return [each for each in (*PARTS, ALL) if stops.is_stopped(session, address, each)]
