"""The transport of the outbox to a mail server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.mail.errors import InDoubt, MailFailure, NotNow, ReceiverRefused
from infrastructure.mail.server import MailServer
from provisioning.access.accounts.models import Account, OutsideAccount
from provisioning.monitoring.mail import choices, drawing
from provisioning.monitoring.mail.choices import ConfirmationLinks
from provisioning.monitoring.mail.models import ADDRESS, ALL, MailRequest
from provisioning.monitoring.mail.stops import StopLinks
from provisioning.monitoring.mail.writer import Links, MailWriter
from provisioning.outbox.claims import Claim, Pace
from provisioning.outbox.models import MAIL, Notification
from provisioning.outbox.outcomes import Outcome, Refused, Sent, Unanswered, Unsent
from provisioning.values import outsiders
from provisioning.values.board_pages import leading_to
from provisioning.values.language import ENGLISH, in_language

log = structlog.get_logger()

INTERVAL = timedelta(minutes=5)  # two mails to one address; what comes in between is joined


@dataclass(frozen=True, slots=True)
class BoardLinks:
    """The way from a mail to the board at an `origin`; `secret_key` is the server's."""

    origin: str
    secret_key: str

    def stop(self, address: str, kind: str) -> str:
        """Return the link by which an address stops mail of a kind."""
        return StopLinks(self.secret_key).make(self.origin, address, kind)


class MailTransport:
    """A transport that sends mail from `sender`; `way_back` is None where mails have no links.

    All pending parts for an address are one mail. A mail whose answer was lost is sent once more,
    under the same Message-ID.
    """

    name = MAIL
    pace = Pace(message=INTERVAL)

    def __init__(
        self, server: MailServer, sender: str, board: str | None, way_back: BoardLinks | None
    ) -> None:
        self._server, self._sender, self._board = server, sender, board
        self._way_back = way_back
        self._letters = MailWriter(sender)

    def prepare(
        self, session: Session, claimed: Claim, clock: Callable[[], datetime]
    ) -> Callable[[], Outcome] | None:
        """Draw a mail and return the call that sends it; None where all of it has become void."""
        notification = claimed.notification
        if notification.kind == ADDRESS:
            message = self._question(session, notification, clock())
        else:
            message = self._news(session, claimed, clock())
        if message is None:
            return None
        receiver = notification.facts["to"]
        return lambda: self._send(message, receiver, claimed)

    def _news(self, session: Session, claimed: Claim, now: datetime) -> EmailMessage | None:
        query = select(Notification).where(Notification.id.in_(claimed.covers))
        rows = session.scalars(query.order_by(Notification.id)).all()
        last = rows[-1].facts
        parts = {row.facts["part"] for row in rows}
        links = self._links(last["to"], parts.pop() if len(parts) == 1 else ALL)
        with in_language(last["language"]), leading_to(self._board):
            sections = drawing.draw(session, rows)
            if not sections:
                return None
            key = claimed.notification.key
            return self._letters.news(key, sections, links, now, is_person=last["is_person"])

    def _question(
        self, session: Session, notification: Notification, now: datetime
    ) -> EmailMessage | None:
        request = session.get(MailRequest, notification.facts["request"])
        is_over = request is None or request.used_at is not None
        if self._way_back is None or request is None or is_over:
            return None
        if request.made_at < now - choices.LIFETIME:
            return None
        confirmation = ConfirmationLinks(self._way_back.secret_key)
        link = confirmation.make(self._way_back.origin, request)
        name, language = _person(session, request.account_id)
        links = Links(stop=self._way_back.stop(request.address, ADDRESS))
        with in_language(language):
            return self._letters.question(notification.key, name, link, links, now)

    def _links(self, address: str, kind: str) -> Links:
        board = f"{self._board}/board" if self._board else None
        if self._way_back is None:
            return Links(board)
        return Links(board, self._way_back.stop(address, kind), self._way_back.stop(address, ALL))

    def _send(self, message: EmailMessage, receiver: str, claimed: Claim) -> Outcome:
        """Send a mail; raises nothing."""
        try:
            self._server.send(message, self._sender, [receiver])
        except ReceiverRefused as error:
            return Refused(error.reason, is_of_channel=True)
        except NotNow as error:
            return Unsent(error.reason)
        except InDoubt as error:
            if claimed.doubt is None:
                return Unanswered(error.reason)
            log.warning("mail in doubt twice, taken for sent", reason=error.reason)
        except MailFailure as error:
            return Refused(error.reason)
        except Exception as error:  # a mail that cannot be written must not end the relay
            log.exception("mail cannot be sent")
            return Refused(f"it cannot be sent: {type(error).__name__}")
        return Sent(claimed.notification.key)


def _person(session: Session, account_id: str) -> tuple[str, str]:
    """The name and the language of a person."""
    if outsiders.is_outsider(account_id):
        outsider = session.get(OutsideAccount, account_id)
        return (outsider.name, outsider.language) if outsider else (account_id, ENGLISH)
    account = session.get(Account, account_id)
    return (account.name, account.language) if account else (account_id, ENGLISH)
