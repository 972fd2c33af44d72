"""The one read that a call makes of a Mac's open registration."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from provisioning.firstboot.placement.facts import CurrentRegistration
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import IS_REPLACED
from provisioning.munki import Destination
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.outbox.models import Card
from provisioning.registrations.models import Registration, name_at
from provisioning.values.serials import Serial


class _Row(NamedTuple):
    """A row that is read: columns of the registration, its card's channel, and IS_REPLACED."""

    id: int
    revision: int
    site: str
    build: str
    registered_by: str | None
    card_id: int | None
    confirmed_at: datetime | None
    computer_name: str | None
    named_for: str | None
    includes: dict[str, Any] | None
    layout: str | None
    created_at: datetime
    channel: str | None
    is_replaced: bool


_ROWS, _CARDS = Registration.__table__, Card.__table__
_CURRENT = CompiledStatement(
    lambda _: (
        select(*(_ROWS.c[name] for name in _Row._fields[:-2]), _CARDS.c.channel, IS_REPLACED)
        .outerjoin(_CARDS, _CARDS.c.id == _ROWS.c.card_id)
        .where(_ROWS.c.serial == bindparam("key"), _ROWS.c.closed_at.is_(None))
    )
)


def look_up(session: Session, serial: Serial) -> tuple[Serial, CurrentRegistration | None]:
    """Return the serial and the open registration of a Mac with one read, None where it has none.

    A Mac whose board was swapped is found by the former serial too, and answered as the new one.
    """
    found = _CURRENT.row(session, key=serial.key)
    if found is None and (new := replacing.answered_as(session, serial)) is not None:
        serial, found = new, _CURRENT.row(session, key=new.key)
    if found is None:
        return serial, None
    row = _Row(*found)
    destination = Destination(row.site, row.build)
    return serial, CurrentRegistration(
        row.id,
        row.revision,
        destination,
        row.registered_by,
        row.card_id,
        row.confirmed_at,
        row.channel,
        called=name_at(destination, row.computer_name or None, row.named_for),
        is_name_typed=row.named_for is None,
        written=None if row.includes is None else WrittenIncludes.from_json(row.includes),
        layout=row.layout,
        is_replaced=row.is_replaced,
        registered_at=None if row.card_id is None else row.created_at,
    )
