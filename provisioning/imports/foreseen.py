"""Dry runs that are classified before a transaction, because others would wait for that."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import DryRun
from provisioning.imports.models import Import, ImportRow
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations.models import Event, Registration


@dataclass(frozen=True, slots=True)
class ForeseenDryRun:
    """A dry run, and what it was made of: the choices of people, and the history until then.

    `newest` is the id of the newest event. PostgreSQL may show an event later than one with a
    greater id: a Mac of such a one is refused, or locked, where it is registered.
    """

    dry: DryRun
    choices: tuple[object, ...]
    newest: int

    @classmethod
    def of(cls, session: Session, imported: Import, places: DestinationIndex) -> Self:
        """Return the dry run of an open import as it is now."""
        # Read before the dry run: what happens in between counts as a change.
        newest = session.scalar(select(func.max(Event.id))) or 0
        choices = _choices(session, imported)
        return cls(lifecycle.classify(session, imported, places), choices, newest)

    def is_current(self, session: Session, imported: Import) -> bool:
        """Tell if a dry run would be the same one at this moment."""
        return self.choices == _choices(session, imported) and not self._is_overtaken(session)

    def now(self, session: Session, imported: Import, places: DestinationIndex) -> DryRun:
        """Return the dry run of a locked import: this one, or another where something changed."""
        if self.is_current(session, imported):
            return self.dry
        return lifecycle.classify(session, imported, places)

    def _is_overtaken(self, session: Session) -> bool:
        """Tell if a person did something since, or something happened to one of its Macs.

        What other Macs do by themselves happens all the time, and changes no row.
        """
        keys = [row.entry.serial.key for row in self.dry.rows]
        later = (
            select(Event.id)
            .join(Registration, Registration.id == Event.registration_id)
            .where(
                Event.id > self.newest,
                or_(
                    Event.act_id.is_not(None),
                    Registration.registered_by.is_(None),
                    is_among(session, keys, Registration.serial),
                ),
            )
        )
        return session.scalar(later.limit(1)) is not None


def _choices(session: Session, imported: Import) -> tuple[object, ...]:
    """Return what people chose of an import, as values that are others after each change."""
    versions = select(ImportRow.number, ImportRow.version).where(ImportRow.import_id == imported.id)
    rows = sorted(tuple(row) for row in session.execute(versions))
    return (imported.site, imported.build, tuple(rows))
