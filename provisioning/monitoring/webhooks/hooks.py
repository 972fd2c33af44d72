"""Receivers of webhooks: made, given another key, ended, and tried; those of admins alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import changed, take_turns
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence, readable
from provisioning.access.accounts.models import Account
from provisioning.monitoring.webhooks import cursors, events, queues, signatures
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox.models import OWED, PARKED, WEBHOOK, Notification
from provisioning.values.outsiders import shown
from provisioning.values.slack_ids import is_user_id

MOST = 20  # receivers at once: each has two of the relay's 64 places
LONGEST_URL, LONGEST_DESCRIPTION = 2000, 200  # characters
OVERLAP = timedelta(hours=24)  # in which the former key signs too
MOST_COUNTED = 10_000  # messages that wait for one receiver; one more stands for more
LOOKED_AT = 100  # messages at the head of its queues, where those are that were not taken


class UnusableHook(RollcallError):
    """A webhook that cannot be made or changed so; the text says what to write."""


class UnknownHook(RollcallError):
    """A number that no present webhook has."""

    def __init__(self, number: int) -> None:
        super().__init__("There is no webhook {number}, or it has ended.", number=str(number))


@dataclass(frozen=True, slots=True)
class HookStatus:
    """A webhook with what is pending, counted up to MOST_COUNTED, and set aside for it.

    `reason` is why something is set aside; where nothing is, why something pending was not taken.
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
    """Make a webhook, which hears of what happens from now on. Raises UnusableHook.

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


def listed(session: Session, most: int = MOST_COUNTED) -> Sequence[HookStatus]:
    """Return all webhooks, the ended ones too, with what is pending for each."""
    parked = _parked(session)
    every = select(Webhook).order_by(Webhook.id)
    return [_status(session, hook, parked, most) for hook in session.scalars(every).all()]


def status(session: Session, number: int) -> HookStatus:
    """Return a webhook, an ended one too, with what is pending for it. Raises UnknownHook."""
    hook = session.get(Webhook, number)
    if hook is None:
        raise UnknownHook(number)
    return _status(session, hook, _parked(session), MOST_COUNTED)


def _parked(session: Session) -> Mapping[int, Sequence[tuple[int, str | None]]]:
    """The messages set aside, by receiver: a number and a reason for each of its queues."""
    number, reason = func.count(), func.max(Notification.reason)
    query = select(Notification.channel, number, reason).where(_waits(PARKED))
    found: dict[int, list[tuple[int, str | None]]] = {}
    for channel, total, text in session.execute(query.group_by(Notification.channel)):
        found.setdefault(queues.hook_id(channel), []).append((total, text))
    return found


def _status(
    session: Session,
    hook: Webhook,
    parked: Mapping[int, Sequence[tuple[int, str | None]]],
    most: int,
) -> HookStatus:
    own = parked.get(hook.id, ())
    pending, reason = (0, None) if hook.ended_at else _pending(session, hook.id, most)
    reasons = [*filter(None, (text for _, text in own)), reason]
    return HookStatus(hook, pending, sum(each for each, _ in own), reasons[0])


def _pending(session: Session, number: int, most: int) -> tuple[int, str | None]:
    """The number pending for a receiver, `most` and one more at the most; and the reason of one."""
    owed = _waits(OWED) & Notification.channel.in_(queues.channels(number))
    some = select(Notification.id).where(owed).limit(most + 1).subquery()
    pending = session.scalar(select(func.count()).select_from(some)) or 0
    head = select(Notification.reason).where(owed).order_by(Notification.id).limit(LOOKED_AT)
    return pending, next(filter(None, session.scalars(head)), None) if pending else None


def orphaned(session: Session) -> Sequence[Webhook]:
    """Return the present webhooks of people who may not use Rollcall any more.

    Of people in Slack, where there is a copy of who they are.
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
    """End a webhook; its keys and what is pending for it are deleted. Raises UnknownHook."""
    hook = get(session, number)
    hook.key, hook.former_key = "", None
    hook.ended_at, hook.ended_by, hook.reason = at, by, reason[:255]
    for state in (OWED, PARKED):
        theirs = _waits(state) & Notification.channel.in_(queues.channels(number))
        session.execute(delete(Notification).where(theirs))
    return hook


def try_out(session: Session, number: int, *, by: str, at: datetime) -> None:
    """Enqueue a test for a webhook, whatever it listens to. Raises UnknownHook."""
    get(session, number)
    told = events.TestTold(text=f"A test from Rollcall, for {shown(by)}.").model_dump()
    moment = at.isoformat()
    facts: dict[str, object] = {"type": events.TEST, "timestamp": moment, "data": told}
    session.execute(insert(Notification).values(row(number, facts, at)))


def replay(session: Session, number: int, *, at: datetime) -> int:
    """Enqueue again what was set aside for a webhook. Returns the number. Raises UnknownHook."""
    get(session, number)
    again = update(Notification).where(
        _waits(PARKED), Notification.channel.in_(queues.channels(number))
    )
    fresh = {"state": OWED, "reason": None, "retry_at": None, "attempts": 0, "due_at": at}
    return changed(session, again.values(fresh))


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


def _waits(state: str) -> ColumnElement[bool]:
    """The condition that a message is for a webhook and in a state, each of which has an index."""
    # As a literal: SQLite looks up each row for a parameter, although its index is for this state.
    literal: BindParameter[str] = bindparam(None, state, literal_execute=True)
    return (Notification.state == literal) & (Notification.transport == WEBHOOK)


def _checked(url: str) -> str:
    """A URL that can be posted to. Raises UnusableHook."""
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
