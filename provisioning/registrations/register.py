"""The registering of Macs: any number go to one destination and are shown on one card."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, bindparam, literal_column, null, select, true
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import given_as_table, is_among, is_among_given, listed
from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.database.statements.dialects import insert_into
from provisioning.munki import Destination
from provisioning.munki.layout import kept
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations import history
from provisioning.registrations.models import IS_OPEN, WAITING, Mac, Operation, Registration
from provisioning.values.serials import Serial

_ROWS = Registration.__table__
_BY_SCRIPTS = CompiledStatement(
    lambda dialect: (
        select(*(_ROWS.c[field.name] for field in fields(Mac)))
        .where(is_among_given(dialect, _ROWS.c.serial), _ROWS.c.closed_at.is_(None))
        .where(_ROWS.c.registered_by.is_(None))
        .order_by(_ROWS.c.serial, _ROWS.c.id)
        .with_for_update(key_share=True)
    )
)
_NEW = ("site", "build", "layout", "registered_by", "channel", "card_id", "changed_at")
_UNHEARD = ("confirmed_at", "heard_at", "step", "mentioned_at")


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """The result of registering some serials.

    `registered` counts the new registrations; `already` holds the open ones of other cards, which
    stay unchanged; `card` shows the new ones, None where there are none.
    """

    registered: int
    already: list[Registration]
    card: Card | None


def register(
    session: Session,
    serials: Sequence[Serial],
    destination: Destination,
    *,
    operation: Operation,
    channel: str,
    note: str = "",
    asked_on: Card | None = None,
) -> RegisterResult:
    """Register all of `serials` (any number, in any case, repetitions count once) on one card.

    A serial that a person has registered already is left alone and returned in `already`. One
    that only the Mac's own script registered is taken over. The card is new, or it is `asked_on`,
    the card of a question that the registration answers.
    """
    keys = sorted({serial.key for serial in serials})  # in one order, or two batches deadlock
    card = asked_on or Card(channel=channel, created_at=operation.at)
    card.site, card.build = destination.site, destination.build
    card.registered_by, card.note = operation.by, note
    outbox.open_card(session, card)
    rows = _BY_SCRIPTS.rows(session, texts=listed(session, keys))
    taken_over = [Mac(*row) for row in rows]  # as they are before a person registers them
    layout = kept.keep(session, destination.layout, operation.at)
    registered = _give_place(session, keys, card, layout, operation.at)
    already = list(session.scalars(_others(session, keys, card))) if registered < len(keys) else []
    if not registered:
        if asked_on is None:
            session.delete(card)
        return RegisterResult(0, already, None)
    history.record_registered(session, card, operation, taken_over, layout)
    outbox.enqueue_card(session, card, at=operation.at)
    return RegisterResult(registered, already, card)


def _give_place(
    session: Session, keys: Sequence[str], card: Card, layout: str | None, at: datetime
) -> int:
    """Give serials the place of a card; return the number of those that nobody had registered."""
    return _INSERT_OR_TAKE_OVER.execute(
        session,
        texts=json.dumps(keys),
        site=card.site,
        build=card.build,
        layout=layout,
        registered_by=card.registered_by,
        channel=card.channel,
        card_id=card.id,
        changed_at=at,
    )


def _insert_or_take_over(dialect: str) -> Insert:
    """One statement for any number of serials: new ones, and those that no person registered."""
    new: dict[str, ColumnElement[Any]] = {"state": literal_column(f"'{WAITING}'")}
    new |= {name: bindparam(name, type_=_ROWS.c[name].type) for name in _NEW}
    first = {"revision": literal_column("1"), "created_at": new["changed_at"], **new}
    serials = given_as_table(dialect)
    rows = select(serials.c.value, *first.values()).where(true())
    statement = insert_into(_ROWS, dialect).inline()
    statement = statement.from_select(["serial", *first], rows, include_defaults=False)
    return statement.on_conflict_do_update(
        index_elements=["serial"],
        index_where=_ROWS.c.closed_at.is_(None),
        set_={
            **{name: statement.excluded[name] for name in new},
            **dict.fromkeys(_UNHEARD, null()),
            "revision": _ROWS.c.revision + literal_column("1"),
        },
        where=_ROWS.c.registered_by.is_(None),
    )


_INSERT_OR_TAKE_OVER = CompiledStatement(_insert_or_take_over)


def _others(session: Session, keys: list[str], card: Card) -> Select[Registration]:
    """Select the open registrations of these serials that are not on the card."""
    elsewhere = IS_OPEN & Registration.card_id.is_distinct_from(card.id)
    condition = is_among(session, keys, Registration.serial)
    return select(Registration).where(condition, elsewhere).order_by(Registration.serial)
