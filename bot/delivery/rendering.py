"""From an outbox row to what Slack is to show, drawn from the state of things right now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import news
from bot.firstboot import bench_blocks
from bot.firstboot import unknown_blocks as stranger_blocks
from bot.imports import blocks as import_blocks
from bot.monitoring import digest_blocks
from bot.registrations import card as cards
from bot.slack.markup import Message
from provisioning.firstboot import bench as benches
from provisioning.firstboot import stalls, unknown
from provisioning.imports import batches
from provisioning.monitoring import digest as daily
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import (
    BATCH,
    BENCH,
    CARD,
    CONFIRMATION,
    DIGEST,
    FILE,
    IMPORT,
    NEWS,
    REMINDER,
    STALL,
    STRANGER,
    TROUBLE,
    Card,
    Document,
    Notification,
)
from provisioning.registrations import queries
from provisioning.registrations.models import Operation

LATE = timedelta(minutes=1)  # from when on a message says when it happened


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message for a channel: new under its `key`, or the edit of the one shown as `ts`.

    One that is `living` is edited whenever its subject changes; the others are said once, in
    the thread `thread_ts` where there is one. `card_ts` is the thread in which it may have been
    said before, when its card looked different.
    """

    channel: str
    key: str
    message: Message
    living: bool = False
    ts: str | None = None
    thread_ts: str | None = None
    document: Document | None = None
    card_ts: str | None = None


def draw(session: Session, claimed: Claim, now: datetime) -> OutgoingMessage | None:
    """Return what to show for the notifications of a claim; None: there is nothing left to say."""
    owed = claimed.notification
    if owed.kind == CARD:
        return _card(session, session.get_one(Card, owed.card_id))
    late = owed.occurred_at if now - owed.occurred_at > LATE and owed.due_at is None else None
    outgoing = _DRAWN[owed.kind](session, claimed, late)
    if outgoing is None:
        return None
    card_ts = _thread(session, owed)
    said_there = None if owed.kind == CONFIRMATION else card_ts
    return replace(outgoing, thread_ts=outgoing.thread_ts or said_there, card_ts=card_ts)


def _card(session: Session, card: Card) -> OutgoingMessage:
    return OutgoingMessage(
        card.channel,
        card.key,
        CARDS[card.kind](session, card),
        living=True,
        ts=card.ts,
        thread_ts=card.thread_ts,
    )


def _batch(session: Session, card: Card) -> Message:
    return cards.batch(card, *queries.on_card(session, card, cards.MOST_MACS))


def _import(session: Session, card: Card) -> Message:
    one = batches.of_card(session, card)
    return import_blocks.look(one, session.get(Operation, one.act_id) if one.act_id else None)


def _stranger(session: Session, card: Card) -> Message:
    stranger = unknown.on_card(session, card)
    if stranger.settled_at is None:
        return stranger_blocks.asking(stranger, unknown.nearest(session, stranger))
    return stranger_blocks.settled(stranger, *unknown.outcome(session, stranger))


def _bench(session: Session, card: Card) -> Message:
    bench = benches.on_card(session, card)
    return bench_blocks.card(bench, card, *queries.on_card(session, card, cards.MOST_MACS))


# What a card of each kind shows.
CARDS: dict[str, Callable[[Session, Card], Message]] = {
    BATCH: _batch,
    IMPORT: _import,
    STRANGER: _stranger,
    BENCH: _bench,
}


def _confirmation(session: Session, claimed: Claim, late: datetime | None) -> OutgoingMessage:
    """One Mac is news for the channel; of a batch, only that all of it is done."""
    owed = claimed.notification
    facts = list(
        session.scalars(
            select(Notification.facts)
            .where(Notification.id.in_(claimed.covers))
            .order_by(Notification.id)
        )
    )
    card = session.get(Card, owed.thread_id) if owed.thread_id else None
    batch = _tally(session, card) if card else {}
    if card is None or sum(batch.values()) == 1:
        return OutgoingMessage(owed.channel, owed.key, news.confirmation(facts[0], late))
    return OutgoingMessage(
        card.channel,
        owed.key,
        news.confirmations(facts, batch, card, late),
        thread_ts=None if news.is_complete(batch) else card.thread_ts or card.ts,
    )


def _tally(session: Session, card: Card) -> dict[str, int]:
    """The number of Macs of a card in each state, with those that an open bench still wants."""
    counts = queries.tally(session, card)
    if card.kind == BENCH and (missing := benches.missing(benches.on_card(session, card))):
        counts["missing"] = missing
    return counts


def _trouble(_: Session, claimed: Claim, late: datetime | None) -> OutgoingMessage:
    owed = claimed.notification
    return OutgoingMessage(owed.channel, owed.key, news.trouble(owed.facts, late))


def _news(_: Session, claimed: Claim, late: datetime | None) -> OutgoingMessage:
    owed = claimed.notification
    return OutgoingMessage(owed.channel, owed.key, news.told(owed.facts["sentence"], late))


def _file(session: Session, claimed: Claim, late: datetime | None) -> OutgoingMessage:
    owed = claimed.notification
    message = news.told(owed.facts["sentence"], late)
    document = session.get_one(Document, owed.facts["document"])
    return OutgoingMessage(owed.channel, owed.key, message, document=document)


def _stall(session: Session, claimed: Claim, _: datetime | None) -> OutgoingMessage | None:
    owed = claimed.notification
    silent = stalls.still_silent(session, owed)
    if not silent:
        return None
    return OutgoingMessage(owed.channel, owed.key, news.stalled(silent, owed.facts["by"]))


def _reminder(session: Session, claimed: Claim, _: datetime | None) -> OutgoingMessage | None:
    owed = claimed.notification
    mac = stalls.still_to_do(session, owed)
    return OutgoingMessage(owed.channel, owed.key, news.reminder(mac)) if mac else None


def _digest(session: Session, claimed: Claim, _: datetime | None) -> OutgoingMessage | None:
    owed = claimed.notification
    seen = daily.gather(session, owed.occurred_at, sites=owed.facts["sites"], channel=owed.channel)
    message = digest_blocks.digest(seen, owed.facts["command"])
    return OutgoingMessage(owed.channel, owed.key, message) if seen else None


_DRAWN: dict[str, Callable[[Session, Claim, datetime | None], OutgoingMessage | None]] = {
    CONFIRMATION: _confirmation,
    TROUBLE: _trouble,
    NEWS: _news,
    FILE: _file,
    STALL: _stall,
    REMINDER: _reminder,
    DIGEST: _digest,
}


def _thread(session: Session, owed: Notification) -> str | None:
    """The thread of its card; None where that was never shown, or there is none."""
    if owed.thread_id is None:
        return None
    card = session.get_one(Card, owed.thread_id)
    return card.thread_ts or card.ts
