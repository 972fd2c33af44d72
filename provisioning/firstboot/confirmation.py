"""What a Mac whose manifest is written does to its registration."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import bindparam, exists, insert, update
from sqlalchemy.orm import Session

from infrastructure.database.compiled import CompiledStatement
from infrastructure.database.engine import insert_into
from provisioning.firstboot.placement import PlacedMac
from provisioning.munki import Destination, Written
from provisioning.outbox import outbox
from provisioning.registrations.errors import RegistrationChanged
from provisioning.registrations.models import CONFIRMED, Event, Registration
from provisioning.values.serials import Serial


def confirm(
    session: Session,
    made: PlacedMac,
    written: Written,
    *,
    channel: str,
    at: datetime,
    also: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Record that the manifest of `made` was written and read back, and owe the news to Slack.

    `also` is told with it: a `warning`, `cautions`, that it was written `before_boot`.
    Owes the news to the channel of the Mac's card, to `channel` where it has none. A card's
    messages all go through its own channel's lane: two couriers would show it twice otherwise.
    Returns the registration's id. Raises RegistrationChanged where somebody changed it since the
    plan was made: plan again.
    """
    known = made.known
    registration_id, shares_card = _confirmed(session, made, channel, at)
    _EVENT.execute(
        session,
        registration_id=registration_id,
        what="confirmed",
        at=at,
        before=_place(known.destination) if known else None,
        after={**_place(made.destination), "digest": written.digest},
    )
    outbox.owe_confirmation(
        session,
        channel=(known.channel if known else None) or channel,
        registration_id=registration_id,
        card_id=known.card_id if known else None,
        facts=_facts(made, written) | {name: fact for name, fact in also.items() if fact},
        at=at,
        deferrable=shares_card,
    )
    return registration_id


_ROWS = Registration.__table__
_OTHERS = Registration.__table__.alias()
# By parameters: in a RETURNING, SQLite's columns are rendered without their table's name.
_SHARES_CARD = exists().where(
    _OTHERS.c.card_id == bindparam("known_card_id"), _OTHERS.c.id != bindparam("known_id")
)
_STATE = (
    *("reported_as", "site", "build", "state", "revision", "confirmed_at", "changed_at"),
    *("heard_at", "step", "mentioned_at"),
)
_CONFIRM = CompiledStatement(
    lambda _: (
        update(_ROWS)
        .where(_ROWS.c.id == bindparam("known_id"), _ROWS.c.revision == bindparam("known_revision"))
        .returning(_SHARES_CARD)
    ),
    *_STATE,
)
_BRING_IN = CompiledStatement(
    lambda dialect: insert_into(_ROWS, dialect).on_conflict_do_nothing().returning(_ROWS.c.id),
    *_STATE,
    "serial",
    "channel",
    "created_at",
)
_EVENT = CompiledStatement(
    lambda _: insert(Event.__table__).inline(), "registration_id", "what", "at", "before", "after"
)


def _confirmed(session: Session, made: PlacedMac, channel: str, at: datetime) -> tuple[int, bool]:
    """Bring the registration to its new state; returns its id and whether others share its card."""
    known = made.known
    state: dict[str, object] = {
        "reported_as": made.serial.text,
        **_place(made.destination),
        "state": CONFIRMED,
        "revision": known.revision + 1 if known else 1,
        "confirmed_at": at,
        "changed_at": at,
        "heard_at": at,
        "step": None,
        "mentioned_at": None,
    }
    if known is None:
        return _brought_in(session, made.serial, channel, state), False
    row = _CONFIRM.row(
        session,
        known_id=known.id,
        known_revision=known.revision,
        known_card_id=known.card_id,
        **state,
    )
    if row is None:
        raise RegistrationChanged(made.serial.text)
    return known.id, bool(row[0])


def _brought_in(session: Session, serial: Serial, channel: str, state: dict[str, object]) -> int:
    """Keep a registration that nobody made, so that the next call finds it."""
    row = _BRING_IN.row(
        session, serial=serial.key, channel=channel, created_at=state["changed_at"], **state
    )
    if row is None:
        raise RegistrationChanged(serial.text)
    return int(row[0])


def _place(destination: Destination) -> dict[str, str]:
    return {"site": destination.site, "build": destination.build}


def _facts(made: PlacedMac, written: Written) -> dict[str, object]:
    overruled = made.said is not None and not made.said.means(made.destination)
    return {
        "serial": made.serial.text,
        **_place(made.destination),
        "registered_by": made.known.registered_by if made.known else None,
        "overruled": str(made.said)[:160] if overruled else None,
        "digest": written.digest,
    }
