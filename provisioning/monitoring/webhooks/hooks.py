"""Receivers of webhooks, which admins make, test and end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Transactions
from infrastructure.database.statements.dialects import take_turns
from infrastructure.errors import InvalidInput, Unknown
from infrastructure.text import Sentence, readable
from provisioning.access.accounts.models import Account
from provisioning.monitoring.webhooks import addresses, cursors, events, queues, signatures
from provisioning.monitoring.webhooks.addresses import Network
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox.models import PARKED, PENDING, Notification
from provisioning.values.outsiders import shown
from provisioning.values.slack import is_user_id

MAX_HOOKS = 20  # receivers at once: each has two of the relay's 64 places
LONGEST_URL, LONGEST_DESCRIPTION = 2000, 200  # characters
OVERLAP = timedelta(hours=24)  # in which the former key signs too


class UnusableHook(InvalidInput):
    """A webhook that cannot be made or changed like this; the text has the fix."""


class UnknownHook(Unknown):
    """A number that no present webhook has."""

    def __init__(self, number: int) -> None:
        super().__init__("There is no webhook {number}, or it has ended.", number=str(number))


@dataclass(frozen=True, slots=True)
class HookStatus:
    """A webhook with what is pending and set aside for it, up to `queues.MAX_COUNTED` of each.

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
    allowed: Collection[Network] = (),
    description: str = "",
    types: Collection[str] = (),
    sites: Collection[str] = (),
) -> Webhook:
    """Make a webhook for events from now on. Raises UnusableHook.

    `allowed` are the private networks of the policy. `types` and `sites` are all where they are
    empty. Sites are as the repo spells them.
    """
    _check_types(types)
    take_turns(session, "webhooks")
    is_open = Webhook.ended_at.is_(None)
    number = session.scalar(select(func.count()).select_from(Webhook).where(is_open)) or 0
    if number >= MAX_HOOKS:
        raise UnusableHook(
            Sentence("There are {number} webhooks, and no more are served.", number=MAX_HOOKS)
        )
    if number == 0:
        cursors.begin(session)
    hook = Webhook(
        url=_checked(url, allowed),
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


def listed(session: Session, limit: int = queues.MAX_COUNTED) -> Sequence[HookStatus]:
    """Return all webhooks, the ended ones too, with the numbers of their messages."""
    every = select(Webhook).order_by(Webhook.id)
    return [_status(session, hook, limit) for hook in session.scalars(every).all()]


def status(session: Session, number: int) -> HookStatus:
    """Return a webhook, even an ended one, with the numbers of its messages. Raises UnknownHook."""
    hook = session.get(Webhook, number)
    if hook is None:
        raise UnknownHook(number)
    return _status(session, hook, queues.MAX_COUNTED)


def _status(session: Session, hook: Webhook, limit: int) -> HookStatus:
    if hook.ended_at is not None:  # the relay deletes its messages later
        return HookStatus(hook, 0, 0, None)
    parked, why = queues.waiting(session, PARKED, hook.id, limit)
    pending, reason = queues.waiting(session, PENDING, hook.id, limit)
    return HookStatus(hook, pending, parked, why or reason)


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


def try_out(session: Session, number: int, *, by: str, at: datetime) -> None:
    """Enqueue a test message for a webhook. Raises UnknownHook."""
    get(session, number)
    told = events.TestTold(text=f"A test from Rollcall, for {shown(by)}.").model_dump()
    moment = at.isoformat()
    facts: dict[str, object] = {"type": events.TEST, "timestamp": moment, "data": told}
    session.execute(insert(Notification).values(queues.row(number, facts, at)))


def replay(
    database: Transactions, number: int, *, at: datetime, limit: int = queues.MAX_AT_ONCE
) -> int:
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
                sent = queues.replay(session, queue, at, limit)
            total += sent
    return total


def _checked(url: str, allowed: Collection[Network]) -> str:
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
    is_safe = parts.scheme == "https"
    if not addresses.may_lead_somewhere(parts.hostname or "", allowed, is_safe=is_safe):
        raise UnusableHook(
            Sentence(
                "Nothing would ever be sent there: it has to be a public address with https, or "
                "one in a network that webhooks.allow in the policy names."
            )
        )
    return url
