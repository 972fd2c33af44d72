"""The renderer of messages: from an outbox row to blocks, drawn from the present state."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import cards, news, silence
from bot.monitoring import digest_blocks
from bot.slack.markup import Message
from provisioning.firstboot import benches, stalls
from provisioning.monitoring.digest import gather
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import (
    ANSWER,
    AWAY,
    BENCH,
    CARD,
    CONFIRMATION,
    DIGEST,
    FILE,
    NEWS,
    REMINDER,
    STALL,
    TROUBLE,
    UNHEARD,
    Card,
    Document,
    Notification,
)
from provisioning.outbox.refusals import held
from provisioning.registrations import queries
from provisioning.values.kinds import BOTH, Kinds

MAX_DELAY = timedelta(minutes=1)  # after which a message says the time of its event


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message for a channel: new under its `key`, or the edit of the one shown as `ts`.

    One that is `living` is edited when its subject changes; the others are posted once, in
    the thread `thread_ts` where there is one, `broadcast`: and in its channel, too. `card_ts` is
    the thread in which it may have been posted before. `kind` is that of the card or of the
    notification.
    """

    channel: str
    key: str
    message: Message
    living: bool = False
    ts: str | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    document: Document | None = None
    card_ts: str | None = None
    kind: str = ""


def draw(
    session: Session, claim: Claim, now: datetime, kinds: Kinds = BOTH
) -> OutgoingMessage | None:
    """Return the message for the notifications of a claim; None where there is none any more.

    A card that asks where a Mac goes asks for a name of each of these kinds.
    """
    notification = claim.notification
    if notification.kind == CARD:
        thread_ts = _thread_of_card(session, notification)
        return _card(session, session.get_one(Card, notification.card_id), kinds, thread_ts)
    late = (
        notification.occurred_at
        if now - notification.occurred_at > MAX_DELAY and notification.due_at is None
        else None
    )
    outgoing = _RENDERERS[notification.kind](session, claim, late)
    if outgoing is None:
        return None
    card_ts = _thread_of_card(session, notification)
    thread_ts = None if notification.kind == CONFIRMATION else card_ts
    thread_ts = outgoing.thread_ts or thread_ts
    return replace(outgoing, thread_ts=thread_ts, card_ts=card_ts, kind=notification.kind)


def _card(session: Session, card: Card, kinds: Kinds, thread_ts: str | None) -> OutgoingMessage:
    return OutgoingMessage(
        card.channel,
        card.key,
        cards.draw(session, card, kinds),
        living=True,
        ts=card.ts,
        thread_ts=card.thread_ts or thread_ts,
        broadcast=cards.is_broadcast(session, card),
        kind=card.kind,
    )


def _confirmation(session: Session, claim: Claim, late: datetime | None) -> OutgoingMessage:
    """The news of one Mac, or of a batch, which goes to the channel once all of it is done."""
    notification = claim.notification
    facts = select(Notification.facts).where(Notification.id.in_(claim.covers))
    # Of a Mac that was confirmed once more meanwhile, the last place counts.
    by_mac = {each["serial"]: each for each in session.scalars(facts.order_by(Notification.id))}
    payloads = [*by_mac.values()]
    card = session.get(Card, notification.thread_id) if notification.thread_id else None
    batch = _tally(session, card) if card else {}
    if card is None or sum(batch.values()) == 1:
        return _outgoing(claim, news.confirmation(payloads[0], late))
    return OutgoingMessage(
        card.channel,
        notification.key,
        news.confirmations(payloads, batch, card, late),
        thread_ts=None if news.is_complete(batch) else card.thread_ts or card.ts,
    )


def _outgoing(claim: Claim, message: Message, document: Document | None = None) -> OutgoingMessage:
    notification = claim.notification
    return OutgoingMessage(notification.channel, notification.key, message, document=document)


def _tally(session: Session, card: Card) -> dict[str, int]:
    """The number of Macs of a card in each state, with those that an open bench can still take."""
    counts = queries.tally(session, card)
    if card.kind == BENCH and (missing := benches.missing(benches.on_card(session, card))):
        counts["missing"] = missing
    return counts


def _trouble(_: Session, claim: Claim, late: datetime | None) -> OutgoingMessage:
    return _outgoing(claim, news.trouble(claim.notification.facts, late))


def _news(_: Session, claim: Claim, late: datetime | None) -> OutgoingMessage:
    return _outgoing(claim, news.told(news.sentence_of(claim.notification.facts), late))


def _answer(_: Session, claim: Claim, __: datetime | None) -> OutgoingMessage:
    facts = claim.notification.facts
    without_table = facts.get("without_table")
    message = Message(
        facts["text"],
        Block.parse_all(facts["blocks"]),
        without_table and Block.parse_all(without_table),
    )
    return replace(_outgoing(claim, message), thread_ts=facts["thread_ts"])


def _unheard(_: Session, claim: Claim, __: datetime | None) -> OutgoingMessage:
    return _outgoing(claim, news.unheard(claim.notification.facts))


def _away(session: Session, claim: Claim, _: datetime | None) -> OutgoingMessage | None:
    notification = claim.notification
    if "older" in notification.facts:
        return _outgoing(claim, news.older(notification.facts))
    # Not kinds of a newer release, which this one cannot draw after the way back.
    repeated = [each for each in held.repeated(session, notification) if each.kind in _RENDERERS]
    drawn = (
        _RENDERERS[each.kind](session, replace(claim, notification=each, covers=(each.id,)), None)
        for each in repeated
    )
    texts = dict.fromkeys(outgoing.message.text for outgoing in drawn if outgoing)
    return _outgoing(claim, news.away([*texts])) if texts else None


def _file(session: Session, claim: Claim, late: datetime | None) -> OutgoingMessage:
    facts = claim.notification.facts
    document = session.get_one(Document, facts["document"])
    return _outgoing(claim, news.told(news.sentence_of(facts), late), document)


def _stall(session: Session, claim: Claim, _: datetime | None) -> OutgoingMessage | None:
    silent = stalls.still_silent(session, claim.notification)
    if not silent:
        return None
    return _outgoing(claim, silence.stalled(silent, claim.notification.facts["by"]))


def _reminder(session: Session, claim: Claim, _: datetime | None) -> OutgoingMessage | None:
    mac = stalls.still_to_do(session, claim.notification)
    return _outgoing(claim, silence.reminder(mac)) if mac else None


def _digest(session: Session, claim: Claim, _: datetime | None) -> OutgoingMessage | None:
    notification = claim.notification
    gathered = gather(
        session,
        notification.occurred_at,
        sites=notification.facts["sites"],
        channel=notification.channel,
    )
    facts = notification.facts
    message = digest_blocks.digest(gathered, facts["command"], facts.get("form", BOTH.form))
    return _outgoing(claim, message) if gathered else None


_RENDERERS: dict[str, Callable[[Session, Claim, datetime | None], OutgoingMessage | None]] = {
    CONFIRMATION: _confirmation,
    TROUBLE: _trouble,
    NEWS: _news,
    ANSWER: _answer,
    AWAY: _away,
    UNHEARD: _unheard,
    FILE: _file,
    STALL: _stall,
    REMINDER: _reminder,
    DIGEST: _digest,
}


def _thread_of_card(session: Session, notification: Notification) -> str | None:
    """The thread of a message's card; None without a card, or where that was never shown."""
    if notification.thread_id is None:
        return None
    card = session.get_one(Card, notification.thread_id)
    return card.thread_ts or card.ts
