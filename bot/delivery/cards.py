"""Cards: one message each for a batch, an import, a question …, drawn from the present state."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.firstboot import bench_blocks, decision_blocks, twin_blocks, unknown_blocks
from bot.imports import import_blocks
from bot.monitoring import drift_blocks
from bot.registrations import batch_card
from bot.slack.markup import Message
from provisioning.firstboot import benches, unknown
from provisioning.firstboot.decisions import questions
from provisioning.firstboot.decisions.twins import TWIN
from provisioning.imports import lifecycle
from provisioning.imports.sources import shared
from provisioning.monitoring.drift import drifts
from provisioning.outbox.models import BATCH, BENCH, DECISION, DRIFT, IMPORT, STRANGER, Card
from provisioning.registrations import queries
from provisioning.registrations.models import Operation
from provisioning.values.kinds import Kinds
from provisioning.values.slack import is_conversation_id


def _batch(session: Session, card: Card, _: Kinds) -> Message:
    return batch_card.batch(card, *queries.on_card(session, card, queries.MAX_ON_A_CARD))


def _import(session: Session, card: Card, _: Kinds) -> Message:
    imported = lifecycle.of_card(session, card)
    return import_blocks.message(
        imported, session.get(Operation, imported.act_id) if imported.act_id else None
    )


def _unknown_mac(session: Session, card: Card, kinds: Kinds) -> Message:
    mac = unknown.on_card(session, card)
    if mac.settled_at is None:
        return unknown_blocks.asking(mac, unknown.nearest(session, mac), kinds)
    return unknown_blocks.settled(mac, *unknown.outcome(session, mac))


def _bench(session: Session, card: Card, _: Kinds) -> Message:
    bench = benches.on_card(session, card)
    return bench_blocks.card(bench, card, *queries.on_card(session, card, queries.MAX_ON_A_CARD))


def _decision(session: Session, card: Card, _: Kinds) -> Message:
    decision, registration = questions.on_card(session, card)
    if decision.kind == TWIN:
        return twin_blocks.card(decision, registration)
    return decision_blocks.card(decision, registration)


def _drift(session: Session, card: Card, _: Kinds) -> Message:
    return drift_blocks.card(*drifts.on_card(session, card, drift_blocks.MAX_NAMED))


# By the kind of a card.
_DRAWINGS: dict[str, Callable[[Session, Card, Kinds], Message]] = {
    BATCH: _batch,
    IMPORT: _import,
    STRANGER: _unknown_mac,
    BENCH: _bench,
    DECISION: _decision,
    DRIFT: _drift,
}


def draw(session: Session, card: Card, kinds: Kinds) -> Message:
    """Return the message of a card; one that asks where a Mac goes asks for these kinds."""
    return _DRAWINGS[card.kind](session, card, kinds)


def is_broadcast(session: Session, card: Card) -> bool:
    """Return True for a list that was dropped into a channel, and not into a thread there.

    Slack folds its thread behind "1 reply", where few look.
    """
    if card.kind != IMPORT or card.thread_ts is None or is_conversation_id(card.channel):
        return False
    return lifecycle.of_card(session, card).once == shared(card.channel, card.thread_ts)
