"""Receivers of webhooks, which admins make, test and end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from infrastructure.database.engine import Transactions
from infrastructure.database.statements import changed, take_turns
from infrastructure.errors import InvalidInput, Unknown
from infrastructure.text import Sentence, readable
from provisioning.access.accounts.models import Account
from provisioning.monitoring.webhooks import cursors, events, queues, signatures
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox.models import OWED, PARKED, WEBHOOK, Notification, in_state
from provisioning.values.outsiders import shown
from provisioning.values.slack import is_user_id

Value = TypeVar("Value")

MOST = 20  # receivers at once: each has two of the relay's 64 places
LONGEST_URL, LONGEST_DESCRIPTION = 2000, 200  # characters
OVERLAP = timedelta(hours=24)  # in which the former key signs too
MOST_COUNTED = 10_000  # messages that wait for one receiver; one more stands for more
LOOKED_AT = 100  # messages at the head of a queue, where those are that were not taken
MOST_AT_ONCE = 2000  # messages of one transaction: on SQLite Macs wait for it


class UnusableHook(InvalidInput):
    """A webhook that cannot be made or changed like this; the text has the fix."""


class UnknownHook(Unknown):
    """A number that no present webhook has."""

    def __init__(self, number: int) -> None:
        super().__init__("There is no webhook {number}, or it has ended.", number=str(number))


@dataclass(frozen=True, slots=True)
class HookStatus:
    """A webhook with what is pending and set aside for it, each counted up to MOST_COUNTED.

    `reason` is that of a message set aside, or else of a pending one that was not taken.
    """

    hook: Webhook
    pending: int
    parked: int
    reason: str | None


def make(
    session: Session,
    url: str,
    *,
    by: str,
    at: datetime,
    description: str = "",
    types: Collection[str] = (),
    sites: Collection[str] = (),
) -> Webhook:
    """Make a webhook for events from now on. Raises UnusableHook.

    `types` and `sites` are all where they are empty. Sites are as the repo spells them.
    """
    _check_types(types)
    take_turns(session, "webhooks")
    is_open = Webhook.ended_at.is_(None)
    number = session.scalar(select(func.count()).select_from(Webhook).where(is_open)) or 0
    if number >= MOST:
        raise UnusableHook(
            Sentence("There are {number} webhooks, and no more are served.", number=MOST)
        )
    if number == 0:
        cursors.begin(session)
    hook = Webhook(
        url=_checked(url),
        description=readable(description, LONGEST_DESCRIPTION),
        types=sorted(set(types)),
        sites=sorted(set(sites)),
        key=signatures.new_key(),
        made_by=by,
        made_at=at,
    )
    session.add(hook)
    session.flush()
    return hook


def _check_types(types: Collection[str]) -> None:
    if unknown := [each for each in types if each not in events.TYPES]:
        sentence = Sentence(
            "There are no events of the type {type}: choose among {types}.",
            type=unknown[0][:100],
            types=", ".join(events.TYPES),
        )
        raise UnusableHook(sentence)


def find(session: Session, number: int) -> Webhook:
    """Return a webhook, an ended one too, locked. Raises UnknownHook."""
    hook = session.get(Webhook, number, with_for_update=True)
    if hook is None:
        raise UnknownHook(number)
    return hook


def get(session: Session, number: int) -> Webhook:
    """Return a present webhook, locked. Raises UnknownHook."""
    hook = find(session, number)
    if hook.ended_at is not None:
        raise UnknownHook(number)
    return hook


def listed(session: Session, limit: int = MOST_COUNTED) -> Sequence[HookStatus]:
    """Return all webhooks, the ended ones too, with the numbers of their messages."""
    every = select(Webhook).order_by(Webhook.id)
    return [_status(session, hook, limit) for hook in session.scalars(every).all()]


def status(session: Session, number: int) -> HookStatus:
    """Return a webhook, even an ended one, with the numbers of its messages. Raises UnknownHook."""
    hook = session.get(Webhook, number)
    if hook is None:
        raise UnknownHook(number)
    return _status(session, hook, MOST_COUNTED)


def _status(session: Session, hook: Webhook, limit: int) -> HookStatus:
    if hook.ended_at is not None:  # the relay deletes its messages later
        return HookStatus(hook, 0, 0, None)
    parked, why = _waiting(session, PARKED, hook.id, limit)
    pending, reason = _waiting(session, OWED, hook.id, limit)
    return HookStatus(hook, pending, parked, why or reason)


def _waiting(session: Session, state: str, number: int, limit: int) -> tuple[int, str | None]:
    """Return the number of a receiver's messages in a state, up to `limit` and one more.

    And the reason of one of them, where it has one.
    """
    total, reason = 0, None
    for queue in queues.channels(number):
        some = _first(Notification.id, state, queue, limit + 1).subquery()
        total += session.scalar(select(func.count()).select_from(some)) or 0
        head = session.scalars(_first(Notification.reason, state, queue, LOOKED_AT))
        reason = reason or next(filter(None, head), None)
    return min(total, limit + 1), reason


def _first(
    column: InstrumentedAttribute[Value], state: str, queue: str, limit: int
) -> Select[Value]:
    """Select a column of the first messages of a queue that are in a state.

    The queue is a range, in the order of the index of its state: where few are pending and very
    many were sent, PostgreSQL would walk through all messages otherwise.
    """
    is_theirs = in_state(state, WEBHOOK) & Notification.channel.between(queue, queue)
    rows = select(column).where(is_theirs)
    return rows.order_by(Notification.channel, Notification.id).limit(limit)


def orphaned(session: Session) -> Sequence[Webhook]:
    """Return the present webhooks of people who may no longer use Rollcall.

    They are people in Slack; without a copy of Slack's people there are none.
    """
    if session.scalar(select(Account.id).limit(1)) is None:
        return ()
    query = select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)
    present = [hook for hook in session.scalars(query).all() if is_user_id(hook.made_by)]
    makers = session.scalars(select(Account).where(Account.id.in_({h.made_by for h in present})))
    good = {account.id for account in makers if account.refusal is None}
    return [hook for hook in present if hook.made_by not in good]


def change_key(session: Session, number: int, *, at: datetime) -> Webhook:
    """Give a webhook another key; the former one signs too, for OVERLAP. Raises UnknownHook."""
    hook = get(session, number)
    hook.former_key, hook.former_until = hook.key, at + OVERLAP
    hook.key = signatures.new_key()
    return hook


def end(session: Session, number: int, *, by: str, reason: str, at: datetime) -> Webhook:
    """End a webhook, and delete its keys. Raises UnknownHook.

    Nothing more is sent; the relay deletes its pending messages, which may be very many.
    """
    hook = get(session, number)
    hook.key, hook.former_key = "", None
    hook.ended_at, hook.ended_by, hook.reason = at, by, reason[:255]
    return hook


def left_behind(session: Session, number: int, limit: int = MOST_AT_ONCE) -> Sequence[int]:
    """Return the ids of the first `limit` pending messages of a webhook; reads only."""
    for state, queue in product((OWED, PARKED), queues.channels(number)):
        if found := session.scalars(_first(Notification.id, state, queue, limit)).all():
            return found
    return ()


def forget(session: Session, ids: Sequence[int]) -> None:
    """Delete messages of an ended webhook."""
    is_waiting = Notification.id.in_(ids) & Notification.state.in_((OWED, PARKED))
    rows = delete(Notification).where(is_waiting)
    session.execute(rows.execution_options(synchronize_session=False))


def try_out(session: Session, number: int, *, by: str, at: datetime) -> None:
    """Enqueue a test message for a webhook. Raises UnknownHook."""
    get(session, number)
    told = events.TestTold(text=f"A test from Rollcall, for {shown(by)}.").model_dump()
    moment = at.isoformat()
    facts: dict[str, object] = {"type": events.TEST, "timestamp": moment, "data": told}
    session.execute(insert(Notification).values(row(number, facts, at)))


def replay(database: Transactions, number: int, *, at: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Enqueue again the messages set aside for a webhook. Returns the number. Raises UnknownHook.

    In transactions of `limit` messages, the oldest of a queue first; where it is interrupted, the
    next replay goes on with the rest.
    """
    total = 0
    for queue in queues.channels(number):
        sent = limit
        while sent == limit:
            with database.begin() as session:
                get(session, number)
                sent = _replay(session, queue, at, limit)
            total += sent
    return total


def _replay(session: Session, queue: str, at: datetime, limit: int) -> int:
    first = _first(Notification.id, PARKED, queue, limit)
    fresh = {"state": OWED, "reason": None, "retry_at": None, "attempts": 0, "due_at": at}
    again = update(Notification).where(Notification.id.in_(first)).values(fresh)
    return changed(session, again.execution_options(synchronize_session=False))


def row(
    number: int, facts: dict[str, object], at: datetime, registration_id: int | None = None
) -> dict[str, object]:
    """Return a message for a webhook as a row of the outbox."""
    told = facts["data"]
    serial = str(told.get("serial", "")) if isinstance(told, dict) else ""
    return {
        "key": uuid4().hex,
        "transport": WEBHOOK,
        "channel": queues.channel(number, serial),
        "kind": WEBHOOK,
        "registration_id": registration_id,
        "facts": facts,
        "occurred_at": at,
    }


def _checked(url: str) -> str:
    """Return a URL to which messages can be posted. Raises UnusableHook."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
        is_usable = is_usable and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        is_usable = False
    if not is_usable or len(url) > LONGEST_URL:
        raise UnusableHook(Sentence('Write an address such as "https://example.com/rollcall".'))
    if "@" in parts.netloc or parts.fragment:
        raise UnusableHook(
            Sentence("Leave out the user, the password and what follows a # of the address.")
        )
    return url
