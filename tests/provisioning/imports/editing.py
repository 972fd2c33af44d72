"""An import in the database, and people who edit its rows."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import DryRun
from provisioning.imports.edits import changes, planning, recording
from provisioning.imports.edits.changes import Changes, Draft
from provisioning.imports.edits.listing import Listing
from provisioning.imports.lifecycle import Submission
from provisioning.imports.models import Import
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.serials import Serial
from tests.support.fixtures.doors import NOON

GOOD, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"
DOUBT = "was read only once"
Plan = Callable[[Listing], Changes]


class Editor:
    """An import in the database, and a person who edits it."""

    def __init__(self, database: Database, repo: MunkiRepo, result: ParseResult) -> None:
        self.database, self.places = database, DestinationIndex(repo.now())
        with database.begin() as session:
            submission = Submission(by="U0ALICE", via="message", at=NOON)
            imported = lifecycle.keep(session, result, submission)
            self.id = imported.id
            lifecycle.show(session, imported, self.places, at=NOON)

    def listing(self) -> Listing:
        with self.database.reading() as session:
            return Listing.of(session, session.get_one(Import, self.id), self.places)

    def dry_run(self) -> DryRun:
        with self.database.reading() as session:
            return lifecycle.classify(session, session.get_one(Import, self.id), self.places)

    def edit(self, plan: Plan, by: str = "U0ALICE") -> None:
        with self.database.begin() as session:
            imported = lifecycle.opened(session, self.id)
            listing = Listing.of(session, imported, self.places)
            planned = planning.plan(session, imported, self.places, listing, plan(listing))
            recording.record(session, imported, planned, by=by, at=NOON)

    def draft(self, number: int, **values: str) -> Draft:
        """The draft of a person who looks at a row now and changes nothing."""
        row = self.listing().rows[number]
        changed = replace(row.values, **values)
        return Draft(number, row.version, row.values.digest, changed)

    def save(self, *drafts: Draft, by: str = "U0ALICE") -> None:
        self.edit(lambda listing: changes.of_drafts(listing, drafts), by)

    def undo(self) -> None:
        with self.database.begin() as session:
            imported = lifecycle.opened(session, self.id)
            edit = recording.last_edit(session, imported)
            edit_id = edit.id if edit else 0
            self.undo_in(session, edit_id)

    def undo_in(self, session: Session, edit_id: int) -> None:
        imported = lifecycle.opened(session, self.id)
        before = recording.before_last(session, imported, edit_id)
        planned = planning.plan_undo(session, imported, self.places, edit_id, before)
        recording.record(session, imported, planned, by="U0BOB", at=NOON)

    def kinds(self) -> list[str]:
        return [row.kind for row in self.listing().rows.values()]


Begin = Callable[..., Editor]


def mac(serial: str = GOOD, site: str = "london", build: str = "design", **fields: str) -> Entry:
    return Entry(Serial(serial), site, build, **fields)
