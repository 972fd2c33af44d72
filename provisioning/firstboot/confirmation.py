"""Confirmations: records that a Mac's manifest was written, for its registration and for Slack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from sqlalchemy import bindparam, exists, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.database.statements.dialects import insert_into
from infrastructure.text import Sentence
from provisioning.firstboot import manifest_cautions
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.placement import PlacedMac
from provisioning.munki import Destination, Written, revisions
from provisioning.munki.layout import kept
from provisioning.outbox import outbox
from provisioning.registrations import history
from provisioning.registrations.errors import RegistrationChanged
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.values.serials import Serial


class FirstBootCount(Protocol):
    """A counter of Macs whose manifest was written and recorded."""

    def first_boot(self, site: str, wait: float | None) -> None:
        """Count a first boot, `wait` seconds after a person registered the Mac; None for none."""
        ...

    def prestaged(self, site: str) -> None:
        """Count a Mac that has not booted yet."""
        ...


class PublishedManifests(Protocol):
    """The published repo, as Macs get it by HTTP."""

    def fault(self, name: str, expected: str) -> str | None:
        """Return the fault that a Mac would meet that asks for manifest `name`; None where none.

        `expected` is the digest of the manifest.
        """
        ...


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation: a Mac, the result of writing its manifest, and the moment."""

    mac: PlacedMac
    written: Written
    at: datetime

    def record_revision(self, session: Session) -> None:
        """Record the manifest's bytes before and after."""
        registration = self.mac.registration
        revisions.record(
            session,
            self.written.name,
            self.written,
            at=self.at,
            via=revisions.FIRST_BOOT,
            registration_id=registration.id if registration else None,
        )

    def record(
        self,
        session: Session,
        channel: str,
        news: Mapping[str, object],
        cautions: Sequence[str],
        twin: str | None = None,
    ) -> int:
        """Record the confirmation and the revision, and enqueue the message about them.

        `news` goes into the message's payload, and so do `cautions`, with those about other Macs.
        People are asked about a `twin`. Returns the registration's id. Raises
        RegistrationChanged.
        """
        others = manifest_cautions.of_others(session, self.mac.serial, self.written)
        all_cautions = [*cautions, *others]
        sentences = [each.to_json() for each in all_cautions if isinstance(each, Sentence)]
        payload = {**news, "cautions": all_cautions, "cautions_said": sentences}
        registration = confirm(
            session, self.mac, self.written, channel=channel, at=self.at, also=payload
        )
        self.record_revision(session)
        if twin is not None:
            twins.ask(session, registration, twin, at=self.at)
        return registration

    def count(self, counter: FirstBootCount, *, before_boot: bool) -> None:
        """Count the recorded confirmation, with the wait of a Mac that had none before."""
        site, registration = self.mac.destination.site, self.mac.registration
        if before_boot:
            counter.prestaged(site)
            return
        since = registration.registered_at if registration else None
        if registration is None or registration.confirmed_at is not None:
            since = None
        counter.first_boot(site, (self.at - since).total_seconds() if since else None)


def confirm(
    session: Session,
    mac: PlacedMac,
    write_result: Written,
    *,
    channel: str,
    at: datetime,
    also: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Record that the manifest of a Mac was written and read back, and enqueue the message.

    `also` are more fields of its payload: a `warning`, `cautions`, `before_boot` for a manifest
    that was written before the Mac's first boot. The message goes to the channel of the Mac's
    card, to `channel` where it has none: all messages of a card go through one channel's queue, or
    two relays would show it twice. Returns the registration's id. Raises RegistrationChanged where
    a person changed it after the placement was decided: decide again.
    """
    current = mac.registration
    registration_id, shares_card = _confirmed(session, mac, write_result, channel, at)
    history.record(
        session,
        registration_id,
        "confirmed",
        at=at,
        before=_place(current.destination) if current else None,
        after=_place(mac.destination)
        | {"digest": write_result.digest, "layout": write_result.layout},
    )
    outbox.enqueue_confirmation(
        session,
        channel=(current.channel if current else None) or channel,
        registration_id=registration_id,
        card_id=current.card_id if current else None,
        payload=_payload(mac, write_result) | {name: fact for name, fact in also.items() if fact},
        at=at,
        deferrable=shares_card,
    )
    return registration_id


_ROWS = Registration.__table__
_OTHERS = Registration.__table__.alias()
# With parameters, not columns: in a RETURNING, SQLite's columns have no name of their table.
_SHARES_CARD = exists().where(
    _OTHERS.c.card_id == bindparam("known_card_id"), _OTHERS.c.id != bindparam("known_id")
)
_STATE = (
    *("reported_as", "site", "build", "state", "revision", "confirmed_at", "changed_at"),
    *("heard_at", "step", "mentioned_at", "includes", "layout"),
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


def _confirmed(
    session: Session, mac: PlacedMac, write_result: Written, channel: str, at: datetime
) -> tuple[int, bool]:
    """Bring the registration to its new state.

    Returns its id, and True where other registrations share its card.
    """
    current, layout = mac.registration, mac.destination.layout
    if current is None or current.layout != layout.key:
        kept.keep(session, layout, at)
    state: dict[str, object] = {
        "reported_as": mac.serial.text,
        **_place(mac.destination),
        "state": CONFIRMED,
        "revision": current.revision + 1 if current else 1,
        "confirmed_at": at,
        "changed_at": at,
        "heard_at": at,
        "step": None,
        "mentioned_at": None,
        "includes": write_result.includes.to_json(),
        "layout": layout.key,
    }
    if current is None:
        return _brought_in(session, mac.serial, channel, state), False
    row = _CONFIRM.row(
        session,
        known_id=current.id,
        known_revision=current.revision,
        known_card_id=current.card_id,
        **state,
    )
    if row is None:
        raise RegistrationChanged(mac.serial.text)
    return current.id, bool(row[0])


def _brought_in(session: Session, serial: Serial, channel: str, state: dict[str, object]) -> int:
    """Register a Mac that no person registered, so that its next call finds the registration."""
    row = _BRING_IN.row(
        session, serial=serial.key, channel=channel, created_at=state["changed_at"], **state
    )
    if row is None:
        raise RegistrationChanged(serial.text)
    return int(row[0])


def _place(destination: Destination) -> dict[str, str]:
    return {"site": destination.site, "build": destination.build}


def _payload(mac: PlacedMac, write_result: Written) -> dict[str, object]:
    requested = mac.requested
    overruled = requested is not None and not requested.means(mac.destination)
    return {
        "serial": mac.serial.text,
        **_place(mac.destination),
        "registered_by": mac.registration.registered_by if mac.registration else None,
        "overruled": str(requested)[:160] if overruled else None,
        "digest": write_result.digest,
    }
