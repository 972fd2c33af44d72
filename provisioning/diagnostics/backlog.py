"""Findings about messages that Slack did not take, and about Macs and clients that wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.findings import Finding
from infrastructure.text import minute
from provisioning.access import refusals
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.mail import bounces, suppressed
from provisioning.monitoring.webhooks import hooks, queues
from provisioning.outbox import claims
from provisioning.outbox.doubts import MAX_DELAY
from provisioning.outbox.models import MAIL, PENDING, SLACK, Notification, in_state
from provisioning.outbox.refusals.refused_messages import refused_messages
from provisioning.policy import Policy
from provisioning.values.slack import is_user_id

MAX_REASONS = 10  # of refused messages, the oldest
PENDING_FOR = timedelta(minutes=5)  # after which a pending message is a finding
MAIL_PENDING_FOR = timedelta(minutes=10)  # an address gets one mail in five minutes at most
UNANSWERED_FOR = timedelta(minutes=1)
OFTEN = 20  # refusals of one address that are reported
MAX_ADDRESSES = 5


def backlog_findings(
    session: Session, now: datetime, command: str, policy: Policy | None
) -> list[Finding]:
    """Return the findings at `now`; `command` is Slack's slash command. Raises SQLAlchemyError.

    `policy` is None where it cannot be read.
    """
    return [
        *_refused(session),
        *_pending(session, now),
        *_webhooks(session),
        *_unanswered(session, now),
        *_unknown_macs(session, command),
        *_refused_addresses(session, now),
        *_mail(session, now),
        *(_stopped_mail(session, policy) if policy else ()),
    ]


def _refused(session: Session) -> Iterator[Finding]:
    for each in refused_messages(session)[:MAX_REASONS]:
        kind = "person" if is_user_id(each.channel) else "channel"
        fact = f"Slack refused {_messages(each.number)} for {kind} {each.channel} ({each.reason})."
        yield Finding("refused messages", fact, "Fix that, then run `boot.sh resend`.")


def _pending(session: Session, now: datetime) -> Iterator[Finding]:
    since = claims.pending_since(session, now, without_doubtful=True)
    if since is not None and now - since > PENDING_FOR:
        fact = f"Messages for Slack are pending since {minute(since)}."
        fix = "Is the relay running, and is Slack up?"
        yield Finding("pending messages", fact, fix)


def _webhooks(session: Session) -> Iterator[Finding]:
    for each in hooks.listed(session):
        if each.parked:
            fact = (
                f"Webhook {each.hook.id} did not take {_counted(each.parked)} within three days "
                f"({each.reason})."
            )
            fix = f"Mend its receiver, then run `boot.sh webhooks replay {each.hook.id}`."
            yield Finding("refused webhooks", fact, fix)
    for hook in hooks.orphaned(session):
        fact = (
            f"Webhook {hook.id} goes on, and {hook.made_by}, who made it, may not use Rollcall any "
            "more."
        )
        fix = f"Is its receiver still yours? Else run `boot.sh webhooks end {hook.id}`."
        yield Finding("orphaned webhooks", fact, fix)


def _unanswered(session: Session, now: datetime) -> Iterator[Finding]:
    total, first = in_doubt(session, now)
    if first is not None and now - first > UNANSWERED_FOR:
        yield Finding(
            "unanswered messages",
            f"Slack has not answered {_messages(total)}, the first of them at {minute(first)}. "
            "It may take them yet: each is looked for, and sent again after "
            f"{MAX_DELAY // timedelta(minutes=1)} minutes if it is not there.",
            "Is Slack slow, or a proxy?",
        )


def _unknown_macs(session: Session, command: str) -> Iterator[Finding]:
    query = select(func.count(UnknownMac.id)).where(UnknownMac.settled_at.is_(None))
    if total := session.scalar(query):
        macs, them = ("1 Mac", "it") if total == 1 else (f"{total} Macs", "them")
        fact = f"{macs} booted and nobody registered {them}."
        yield Finding("unknown Macs", fact, f"`{command} digest` shows the newest.")


def _refused_addresses(session: Session, now: datetime) -> Iterator[Finding]:
    since = now - timedelta(days=1)
    for each in refusals.recent(session, since, least=OFTEN)[:MAX_ADDRESSES]:
        yield Finding(
            "refused addresses",
            f"{each.address} was refused {each.total} times, last at {minute(each.last_at)}: "
            f"{each.why}.",
            each.fix,
        )


def _mail(session: Session, now: datetime) -> Iterator[Finding]:
    since = claims.pending_since(session, now, MAIL)
    if since is not None and now - since > MAIL_PENDING_FOR:
        fact = f"Mail is pending since {minute(since)}."
        fix = "Is the relay running, and does the mail server take mail?"
        yield Finding("pending mail", fact, fix)
    number, reason = bounces.refused_mail(session)
    if number:
        fact = f"The mail server refused {_messages(number)} ({reason})."
        yield Finding("refused mail", fact, "Fix that, then run `boot.sh resend`.")
    for bounce in bounces.all_of(session)[:MAX_ADDRESSES]:
        yield Finding(
            "bounced mail",
            f"The mail server refused {bounce.address} on {minute(bounce.bounced_at)} "
            f"({bounce.reason}).",
            "Put it right in the policy, or run `boot.sh mail go-on ADDRESS`; a person can confirm "
            "another address.",
        )


def _stopped_mail(session: Session, policy: Policy) -> Iterator[Finding]:
    """Findings about addresses in the policy whose readers stopped their mail.

    Addresses that people gave for themselves are no finding: they may stop their mail.
    """
    for each in suppressed.of_policy(session, policy)[:MAX_ADDRESSES]:
        for stop in each.stops:
            since = minute(stop.stopped_at)
            yield Finding(
                "stopped mail",
                f"{each.address} wants no more mail ({stop.kind}) since {since}.",
                "Take it out of the policy, or ask them, and `boot.sh mail go-on ADDRESS`.",
            )


def in_doubt(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """Return the number of messages in doubt, which Slack may still take, and since when."""
    since = func.min(Notification.attempted_at)
    doubtful = in_state(PENDING, SLACK) & claims.may_be_taken_yet(now)
    total, first = session.execute(select(func.count(), since).where(doubtful)).one()
    return total, first


def _counted(number: int) -> str:
    """Return a number of messages in words; counting ended at queues.MAX_COUNTED."""
    limit = queues.MAX_COUNTED
    return f"more than {_messages(limit)}" if number > limit else _messages(number)


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
