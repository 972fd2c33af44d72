"""Confirmations: records that a Mac's manifest was written, for its registration and for Slack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from sqlalchemy import bindparam, exists, false, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.database.statements.dialects import insert_into
from infrastructure.text import Sentence
from provisioning.firstboot import manifest_cautions
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.placement import PlacedMac
from provisioning.munki import Destination, WriteResult, revisions
from provisioning.munki.layout import kept
from provisioning.outbox import outbox
from provisioning.registrations import history
from provisioning.registrations.errors import RegistrationChanged
from provisioning.registrations.models import CONFIRMED, Registration


class FirstBootCount(Protocol):
    """A counter of Macs whose manifest was written and recorded."""

    def first_boot(self, site: str, wait: float | None) -> None:
        """Count a first boot, `wait` seconds after a person registered the Mac, if one did."""

    def prestaged(self, site: str) -> None:
        """Count a Mac that has not booted yet."""


class PublishedManifests(Protocol):
    """The published repo, as Macs get it by HTTP."""

    def fault(self, name: str, expected: str) -> str | None:
        """Return the fault that a Mac would meet that asks for manifest `name`; None where none.

        `expected` is the digest of the manifest.
        """


_ROWS = Registration.__table__
_OTHERS = Registration.__table__.alias()
# With parameters, not columns: in a RETURNING, SQLite's columns have no name of their table.
_SHARES_CARD = exists().where(
    _OTHERS.c.card_id == bindparam("known_card_id"), _OTHERS.c.id != bindparam("known_id")
)
_STATE = (
    "reported_as", "site", "build", "state", "revision", "confirmed_at", "changed_at",
    "heard_at", "step", "mentioned_at", "includes", "layout",
)  # fmt: skip
_CONFIRM = CompiledStatement(
    lambda _: (
        update(_ROWS)
        .where(_ROWS.c.id == bindparam("known_id"), _ROWS.c.revision == bindparam("known_revision"))
        .returning(_ROWS.c.id, _SHARES_CARD)
    ),
    *_STATE,
)
_BRING_IN = CompiledStatement(
    lambda dialect: (
        insert_into(_ROWS, dialect).on_conflict_do_nothing().returning(_ROWS.c.id, false())
    ),
    *_STATE,
    "serial",
    "channel",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation: a Mac, the result of writing its manifest, and the moment."""

    mac: PlacedMac
    write_result: WriteResult
    at: datetime

    def record(
        self,
        session: Session,
        channel: str,
        news: Mapping[str, object] = MappingProxyType({}),
        cautions: Sequence[str] = (),
        twin: str | None = None,
    ) -> int:
        """Record the confirmation and the revision, and enqueue the message about them.

        `news` are more fields of its payload: a `warning`, `before_boot` for a manifest that was
        written before the Mac's first boot. So are `cautions`, with those about other Macs. People
        are asked about a `twin`. The message goes to the channel of the Mac's card, to `channel`
        where it has none: all messages of a card go through one channel's queue, or two relays
        would show it twice. Returns the registration's id. Raises RegistrationChanged where a
        person changed it after the placement was decided: decide again.
        """
        current = self.mac.registration
        others = manifest_cautions.of_others(session, self.mac.serial, self.write_result)
        all_cautions = [*cautions, *others]
        sentences = [each.to_json() for each in all_cautions if isinstance(each, Sentence)]
        also = {**news, "cautions": all_cautions, "cautions_said": sentences}
        registration_id, shares_card = self._bring_up_to_date(session, channel)
        history.record(
            session,
            registration_id,
            "confirmed",
            at=self.at,
            before=_place(current.destination) if current else None,
            after=_place(self.mac.destination)
            | {"digest": self.write_result.digest, "layout": self.write_result.layout},
        )
        outbox.enqueue_confirmation(
            session,
            channel=(current.channel if current else None) or channel,
            registration_id=registration_id,
            card_id=current.card_id if current else None,
            payload=self._payload() | {name: fact for name, fact in also.items() if fact},
            at=self.at,
            deferrable=shares_card,
        )
        self.record_revision(session)
        if twin is not None:
            twins.ask(session, registration_id, twin, at=self.at)
        return registration_id

    def record_revision(self, session: Session) -> None:
        """Record the manifest's bytes before and after."""
        registration = self.mac.registration
        revisions.record(
            session,
            self.write_result.name,
            self.write_result,
            at=self.at,
            via=revisions.FIRST_BOOT,
            registration_id=registration.id if registration else None,
        )

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

    def _bring_up_to_date(self, session: Session, channel: str) -> tuple[int, bool]:
        """Bring the registration to its new state; a Mac that has none gets one.

        Returns its id, and True where other registrations share its card.
        """
        mac, current, layout = self.mac, self.mac.registration, self.mac.destination.layout
        if current is None or current.layout != layout.key:
            kept.keep(session, layout, self.at)
        state: dict[str, object] = {
            "reported_as": mac.serial.text,
            **_place(mac.destination),
            "state": CONFIRMED,
            "revision": current.revision + 1 if current else 1,
            "confirmed_at": self.at,
            "changed_at": self.at,
            "heard_at": self.at,
            "step": None,
            "mentioned_at": None,
            "includes": self.write_result.includes.to_json(),
            "layout": layout.key,
        }
        if current is None:  # so that its next call finds a registration
            made = {"serial": mac.serial.key, "channel": channel, "created_at": self.at}
            row = _BRING_IN.row(session, **made, **state)
        else:
            known = {"known_id": current.id, "known_revision": current.revision}
            row = _CONFIRM.row(session, **known, known_card_id=current.card_id, **state)
        if row is None:
            raise RegistrationChanged(mac.serial.text)
        return int(row[0]), bool(row[1])

    def _payload(self) -> dict[str, object]:
        mac = self.mac
        overruled = mac.requested is not None and not mac.requested.means(mac.destination)
        return {
            "serial": mac.serial.text,
            **_place(mac.destination),
            "registered_by": mac.registration.registered_by if mac.registration else None,
            "overruled": str(mac.requested)[:160] if overruled else None,
            "digest": self.write_result.digest,
        }


def _place(destination: Destination) -> dict[str, str]:
    return {"site": destination.site, "build": destination.build}
