"""The record of edits: each is stored with what was before it, so that it can be undone."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, DryRun, Row
from provisioning.imports.edits import choices
from provisioning.imports.edits.changes import Changes
from provisioning.imports.edits.choices import TAKE, Choice
from provisioning.imports.edits.listing import Listing
from provisioning.imports.models import Import, ImportEdit, ImportRow
from provisioning.munki.destinations import DestinationIndex


class NothingToUndo(RollcallError):
    """An edit that is not the newest one of its dry run any more, or that was undone."""

    def __init__(self) -> None:
        super().__init__("That change was undone already, or another one was made after it.")


@dataclass(frozen=True, slots=True)
class PreparedEdit:
    """An edit that is not stored yet: the choices that it leaves, those before, and the dry run.

    It is prepared before a transaction, because others would wait while rows are classified.
    """

    changes: Changes
    before: Changes
    dry: DryRun


def prepare(
    session: Session,
    imported: Import,
    places: DestinationIndex,
    listing: Listing,
    changes: Changes,
) -> PreparedEdit:
    """Prepare an edit of the rows of an open import.

    A row that is taken in spite of a doubt is taken for the doubt that was shown in `listing`.
    """
    dry = _with(session, imported, places, changes)
    now = {row.number: row for row in dry.rows}
    settled = {
        number: _settled(listing.rows[number].row, now.get(number), choice)
        for number, choice in changes.items()
    }
    if settled != changes:
        dry = _with(session, imported, places, settled)
    before = {number: listing.rows[number].choice for number in changes}
    return PreparedEdit(settled, before, dry)


def prepare_undo(
    session: Session, imported: Import, places: DestinationIndex, edit_id: int
) -> PreparedEdit:
    """Prepare that the newest edit is undone. Raises NothingToUndo where it is another one."""
    changes = before_last(session, imported, edit_id)
    return PreparedEdit(changes, {}, _with(session, imported, places, changes))


def record(
    session: Session, imported: Import, edit: PreparedEdit, *, by: str, at: datetime
) -> None:
    """Store an edit of a locked import, and show its dry run."""
    if edit.changes:
        before = [[number, choice.to_json()] for number, choice in edit.before.items()]
        session.add(ImportEdit(import_id=imported.id, by=by, at=at, before=before))
        _store(session, imported, edit, by=by, at=at)


def last_edit(session: Session, imported: Import) -> ImportEdit | None:
    """Return the newest edit of an import that was not undone; None where there is none."""
    query = select(ImportEdit).where(
        ImportEdit.import_id == imported.id, ImportEdit.undone_at.is_(None)
    )
    return session.scalars(query.order_by(ImportEdit.id.desc()).limit(1)).one_or_none()


def before_last(session: Session, imported: Import, edit_id: int) -> Changes:
    """Return the choices that undo an edit. Raises NothingToUndo where it is not the newest."""
    return _before(_newest(session, imported, edit_id))


def undo(
    session: Session,
    imported: Import,
    edit_id: int,
    edit: PreparedEdit,
    *,
    by: str,
    at: datetime,
) -> None:
    """Undo the newest edit of a locked import, as it is prepared, and show its dry run.

    Raises NothingToUndo where that is not the edit with this id: who presses twice undoes once.
    """
    undone = _newest(session, imported, edit_id)
    undone.undone_at, undone.undone_by = at, by
    _store(session, imported, edit, by=by, at=at)


def _newest(session: Session, imported: Import, edit_id: int) -> ImportEdit:
    edit = last_edit(session, imported)
    if edit is None or edit.id != edit_id:
        raise NothingToUndo
    return edit


def _before(edit: ImportEdit) -> Changes:
    return {number: Choice(**choice) for number, choice in edit.before}


def _with(session: Session, imported: Import, places: DestinationIndex, changes: Changes) -> DryRun:
    """The dry run of an import with these choices beside those that are stored."""
    return lifecycle.classify(
        session, imported, places, choices={**choices.made(session, imported), **changes}
    )


def _store(
    session: Session, imported: Import, edit: PreparedEdit, *, by: str, at: datetime
) -> None:
    """Store choices, each as a new version of its row, and show the dry run."""
    stored = choices.stored(session, imported)
    for number, choice in edit.changes.items():
        row = stored.get(number)
        if row is None:
            row = ImportRow(import_id=imported.id, number=number, version=0)
            session.add(row)
        row.version, row.by, row.at = row.version + 1, by, at
        for name, value in choice.to_json().items():
            setattr(row, name, value)
    imported.ends_at = at + lifecycle.OPEN_FOR
    session.flush()
    lifecycle.show_dry_run(session, imported, edit.dry, at=at)


def _settled(before: Row | None, after: Row | None, choice: Choice) -> Choice:
    """A choice with the doubt that it accepts; a doubt that nobody has seen takes it back."""
    if choice.decision != TAKE:
        return choice
    if after is None or after.kind not in (DOUBTFUL, CONFLICT):
        return replace(choice, decision=choice.accepted and choice.decision)
    if before is not None and _is_seen(before, after):
        return replace(choice, accepted=after.doubt)
    return replace(choice, decision=None, accepted=None)


def _is_seen(before: Row, after: Row) -> bool:
    """Tell if a person who saw a row before a change has seen all its doubts."""
    if before.kind != after.kind:
        return False
    if after.kind == CONFLICT and before.standing != after.standing:
        return False
    return set(after.why.split("; ")) <= set(before.why.split("; "))
