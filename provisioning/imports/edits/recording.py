"""The record of edits: each is stored with what was before it, so that it can be undone."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, Row
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


def record(
    session: Session,
    imported: Import,
    places: DestinationIndex,
    listing: Listing,
    changes: Changes,
    *,
    by: str,
    at: datetime,
) -> None:
    """Store changes of the rows of a locked import as one edit, and show its dry run.

    A row that is taken in spite of a doubt is taken for the doubt that was shown in `listing`.
    """
    if not changes:
        return
    before = [[number, listing.rows[number].choice.to_json()] for number in changes]
    session.add(ImportEdit(import_id=imported.id, by=by, at=at, before=before))
    rows = _write(session, imported, changes, by=by, at=at)
    taken = [number for number, choice in changes.items() if choice.decision == TAKE]
    if taken:
        session.flush()
        _accept(session, imported, places, listing, [rows[number] for number in taken])
    imported.ends_at = at + lifecycle.OPEN_FOR
    session.flush()
    lifecycle.show(session, imported, places, at=at)


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
    places: DestinationIndex,
    edit_id: int,
    *,
    by: str,
    at: datetime,
) -> None:
    """Undo the newest edit of a locked import, and show its dry run.

    Raises NothingToUndo where that is not the edit with this id: who presses twice undoes once.
    """
    edit = _newest(session, imported, edit_id)
    _write(session, imported, _before(edit), by=by, at=at)
    edit.undone_at, edit.undone_by = at, by
    imported.ends_at = at + lifecycle.OPEN_FOR
    session.flush()
    lifecycle.show(session, imported, places, at=at)


def _newest(session: Session, imported: Import, edit_id: int) -> ImportEdit:
    edit = last_edit(session, imported)
    if edit is None or edit.id != edit_id:
        raise NothingToUndo
    return edit


def _before(edit: ImportEdit) -> Changes:
    return {number: Choice(**choice) for number, choice in edit.before}


def _write(
    session: Session, imported: Import, changes: Changes, *, by: str, at: datetime
) -> dict[int, ImportRow]:
    """Store choices; each makes a new version of its row. Returns the rows that were changed."""
    stored = choices.stored(session, imported)
    rows = {}
    for number, choice in changes.items():
        row = stored.get(number)
        if row is None:
            row = ImportRow(import_id=imported.id, number=number, version=0)
            session.add(row)
        row.version, row.by, row.at = row.version + 1, by, at
        for name, value in choice.to_json().items():
            setattr(row, name, value)
        rows[number] = row
    return rows


def _accept(
    session: Session,
    imported: Import,
    places: DestinationIndex,
    listing: Listing,
    taken: Iterable[ImportRow],
) -> None:
    """Note the doubts of rows that are taken; a doubt that nobody has seen takes that back."""
    dry = lifecycle.classify(session, imported, places)
    now = {row.number: row for row in dry.rows}
    for stored in taken:
        before, after = listing.rows[stored.number].row, now.get(stored.number)
        if after is None or after.kind not in (DOUBTFUL, CONFLICT):
            stored.decision = stored.accepted and stored.decision
        elif before is not None and _is_seen(before, after):
            stored.accepted = after.doubt
        else:
            stored.decision = stored.accepted = None


def _is_seen(before: Row, after: Row) -> bool:
    """Tell if a person who saw a row before a change has seen all its doubts."""
    if before.kind != after.kind:
        return False
    if after.kind == CONFLICT and before.standing != after.standing:
        return False
    return set(after.why.split("; ")) <= set(before.why.split("; "))
