"""The one read that a call makes of a Mac's open registration."""

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

_ROWS, _CARDS = Registration.__table__, Card.__table__
_CURRENT = CompiledStatement(
    lambda _: (
        select(
            *(_ROWS.c[name] for name in ("id", "revision", "site", "build", "registered_by")),
            *(_ROWS.c.card_id, _ROWS.c.confirmed_at, _CARDS.c.channel, _ROWS.c.computer_name),
            *(_ROWS.c.named_for, _ROWS.c.includes, _ROWS.c.layout, IS_REPLACED),
            _ROWS.c.created_at,
        )
        .outerjoin(_CARDS, _CARDS.c.id == _ROWS.c.card_id)
        .where(_ROWS.c.serial == bindparam("key"), _ROWS.c.closed_at.is_(None))
    )
)


def look_up(session: Session, serial: Serial) -> tuple[Serial, CurrentRegistration | None]:
    """Return the serial and the open registration of a Mac with one read, None where it has none.

    A Mac whose board was swapped is found by the former serial too, and answered as the new one.
    """
    row = _CURRENT.row(session, key=serial.key)
    if row is None and (new := replacing.answered_as(session, serial)) is not None:
        serial, row = new, _CURRENT.row(session, key=new.key)
    if row is None:
        return serial, None
    key, revision, site, build, by, card_id, confirmed_at, channel, name, named_for, *rest = row
    includes, layout, is_replaced, created_at = rest
    destination = Destination(site, build)
    return serial, CurrentRegistration(
        *(key, revision, destination, by, card_id, confirmed_at, channel),
        called=name_at(destination, name or None, named_for),
        is_name_typed=named_for is None,
        written=None if includes is None else WrittenIncludes.from_json(includes),
        layout=layout,
        is_replaced=is_replaced,
        registered_at=None if card_id is None else created_at,
    )
