"""Mail that was refused: that of one address forever, or all of ours until an admin acts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import changed, put
from infrastructure.text import Sentence
from provisioning.monitoring.mail.models import ADDRESS, MailBounce, MailChoice, MailRequest
from provisioning.monitoring.mail.stops import same
from provisioning.outbox import outbox
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import MAIL, PARKED, PENDING, UNSAID, Notification, in_state
from provisioning.outbox.outcomes import Refused
from provisioning.values.slack import escape, is_user_id

MAX_RESENT = 2000  # messages of one transaction: on SQLite Macs wait for it


def tell(
    session: Session, claimed: Claim, refused: Refused, at: datetime, *, channel: str | None
) -> None:
    """Record that a mail was refused, in the transaction that parks it.

    Where the address was refused, its mail is dropped; its owners get a message in Slack, and
    no mail until they confirm an address. Otherwise `channel` gets a message, once a day.
    """
    if not refused.is_of_channel and channel is None:
        return
    if not refused.is_of_channel and channel is not None:
        sentence = Sentence(
            "The mail server takes no mail from Rollcall: {reason}. Once that is fixed, "
            "`boot.sh resend` sends what waits.",
            reason=refused.reason,
        )
        outbox.enqueue_trouble(session, channel=channel, sentence=sentence, at=at, key="mail")
        return
    address = same(claimed.notification.facts["to"])
    people = _people(session, address, claimed.notification)
    put(
        session,
        MailBounce,
        {"address": address},
        {"reason": refused.reason[:255], "bounced_at": at},
    )
    is_theirs = Notification.channel == claimed.notification.channel
    for state in (PENDING, PARKED):  # one by one: each has an index of its own
        waits = update(Notification).where(in_state(state, MAIL), is_theirs)
        session.execute(waits.values(state=UNSAID, settled_at=at))
    for person in filter(is_user_id, people):
        sentence = Sentence(
            "Your mail address was refused ({reason}), so no more mail is sent to it.",
            reason=escape(refused.reason),
        )
        outbox.enqueue_news(session, channel=person, sentence=sentence, at=at)


def _people(session: Session, address: str, notification: Notification) -> set[str]:
    """The people who chose an address, or ask for it, and do not know yet that it is refused."""
    people = set()
    if session.get(MailBounce, address) is None:
        chosen = session.scalars(select(MailChoice)).all()
        people = {each.account_id for each in chosen if same(each.address) == address}
    if notification.kind == ADDRESS:
        request = session.get(MailRequest, notification.facts["request"])
        people |= {request.account_id} if request is not None else set()
    return people


def of(session: Session, address: str, since: datetime | None = None) -> MailBounce | None:
    """Return the refusal of an address, in capitals too; where it is not older than `since`."""
    bounce = session.get(MailBounce, same(address))
    is_old = bounce is not None and since is not None and bounce.bounced_at < since
    return None if is_old else bounce


def forget(session: Session, address: str) -> None:
    """Delete the refusal of an address, so that it gets mail again."""
    session.execute(delete(MailBounce).where(MailBounce.address == same(address)))


def all_of(session: Session) -> Sequence[MailBounce]:
    """Return all addresses that bounced, the last one first."""
    return session.scalars(select(MailBounce).order_by(MailBounce.bounced_at.desc())).all()


def resend(database: Database, limit: int = MAX_RESENT) -> int:
    """Enqueue again the mail that the mail server refused, of all addresses. Returns the number.

    In transactions of `limit` messages; where it is broken off, the next one goes on.
    """
    with database.reading() as session:
        parked = select(Notification.id).where(in_state(PARKED, MAIL)).order_by(Notification.id)
        refused = session.scalars(parked).all()
    number = 0
    for first in range(0, len(refused), limit):
        some = Notification.id.in_(refused[first : first + limit])
        again = update(Notification).where(some, Notification.state == PARKED)
        with database.begin() as session:
            number += changed(session, again.values(state=PENDING, reason=None, retry_at=None))
    return number


def refused_mail(session: Session) -> tuple[int, str]:
    """Return the number of refused messages, and the last reason."""
    query = select(func.count(), func.max(Notification.reason)).where(in_state(PARKED, MAIL))
    number, reason = session.execute(query).one()
    return number, reason or ""
