"""Dry runs that are classified before a transaction, so that others do not wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from provisioning.imports import lifecycle, summary
from provisioning.imports.dry_run import DryRun, DryRunRow
from provisioning.imports.models import Import, ImportRow, Summary
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations.models import Event, Registration


@dataclass(frozen=True, slots=True)
class HistoryMark:
    """The history until a moment: `newest` is the id of the newest event.

    PostgreSQL may show an event later than one with a greater id. The registering of such a Mac
    is refused, or waits for its lock.
    """

    newest: int

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return the history until now."""
        return cls(_newest(session))

    def holds(self, session: Session, keys: Iterable[str]) -> bool:
        """Return True if there were no acts of people, and no events of the Macs of these `keys`.

        Other Macs have events all the time, which change no row.
        """
        if _newest(session) == self.newest:
            return True
        later = (
            select(Event.id)
            .join(Registration, Registration.id == Event.registration_id)
            .where(
                Event.id > self.newest,
                or_(
                    Event.act_id.is_not(None),
                    Registration.registered_by.is_(None),
                    is_among(session, list(keys), Registration.serial),
                ),
            )
        )
        return session.scalar(later.limit(1)) is None


@dataclass(frozen=True, slots=True)
class Basis:
    """The basis of a dry run: the choices of people, and the history until then."""

    choices: tuple[object, ...]
    history: HistoryMark

    @classmethod
    def of(cls, session: Session, imported: Import) -> Self:
        """Return the present basis. To be read before the dry run, or a change would be missed."""
        return cls(_choices(session, imported), HistoryMark.of(session))

    def holds(self, session: Session, imported: Import, keys: Iterable[str]) -> bool:
        """Return True if a dry run of the Macs with these `keys` would be the same as before."""
        return self.choices == _choices(session, imported) and self.history.holds(session, keys)


@dataclass(frozen=True, slots=True)
class PreparedDryRun:
    """A dry run with its basis, and with its summary, `shown`."""

    dry: DryRun
    shown: Summary
    basis: Basis

    @classmethod
    def of(cls, session: Session, imported: Import, places: DestinationIndex) -> Self:
        """Return the dry run of an open import as it is now."""
        basis = Basis.of(session, imported)
        dry = lifecycle.classify(session, imported, places)
        return cls(dry, summary.of(dry), basis)

    def now(self, session: Session, imported: Import, places: DestinationIndex) -> Self:
        """Return the dry run of a locked import: this one, or a new one after a change."""
        if self.basis.holds(session, imported, keys_of(self.dry.rows)):
            return self
        return self.of(session, imported, places)


def keys_of(rows: Iterable[DryRunRow]) -> set[str]:
    """Return the keys of the serials of rows."""
    return {row.entry.serial.key for row in rows}


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Event.id))) or 0


def _choices(session: Session, imported: Import) -> tuple[object, ...]:
    """Return a value for people's choices of an import, which differs after each change.

    Versions of rows only ever grow.
    """
    versions = select(func.sum(ImportRow.version)).where(ImportRow.import_id == imported.id)
    return imported.site, imported.build, session.scalar(versions)
