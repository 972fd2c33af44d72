"""The record of edits: each is stored with the former choices, so that it can be undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Text, literal, select, true
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from infrastructure.database.instants import Instant
from infrastructure.database.statements.bulk import rows_as_table
from infrastructure.database.statements.dialects import upsert
from infrastructure.errors import Conflict
from provisioning.imports import lifecycle
from provisioning.imports.edits.changes import Changes
from provisioning.imports.edits.choices import RowChoice
from provisioning.imports.edits.planning import PlannedEdit
from provisioning.imports.models import Import, ImportEdit, ImportRow

_CHOICE: Mapping[str, TypeEngine[Any]] = dict.fromkeys(RowChoice().to_json(), Text())


class NothingToUndo(Conflict):
    """An edit that is no longer the newest one of its dry run, or that was undone."""

    def __init__(self) -> None:
        super().__init__("That change was undone already, or another one was made after it.")


def record(session: Session, imported: Import, edit: PlannedEdit, *, by: str, at: datetime) -> None:
    """Store an edit of a locked import, planned from its present rows, and show the dry run.

    Raises NothingToUndo where it undoes another edit than the newest: a second press undoes
    nothing more.
    """
    if not edit.changes:
        return
    if edit.undoes is None:
        before = [[number, choice.to_json()] for number, choice in edit.before.items()]
        session.add(ImportEdit(import_id=imported.id, by=by, at=at, before=before))
    else:
        undone = _newest(session, imported, edit.undoes)
        undone.undone_at, undone.undone_by = at, by
    _write(session, imported, edit.changes, by=by, at=at)
    imported.ends_at = at + lifecycle.OPEN_FOR
    lifecycle.show_summary(session, imported, edit.shown, at=at)


def last_edit(session: Session, imported: Import) -> ImportEdit | None:
    """Return the newest edit of an import that was not undone; None where there is none."""
    query = select(ImportEdit).where(
        ImportEdit.import_id == imported.id, ImportEdit.undone_at.is_(None)
    )
    return session.scalars(query.order_by(ImportEdit.id.desc()).limit(1)).one_or_none()


def before_last(session: Session, imported: Import, edit_id: int) -> Changes:
    """Return the choices that undo an edit. Raises NothingToUndo where it is not the newest."""
    edit = _newest(session, imported, edit_id)
    return {number: RowChoice(**choice) for number, choice in edit.before}


def _newest(session: Session, imported: Import, edit_id: int) -> ImportEdit:
    edit = last_edit(session, imported)
    if edit is None or edit.id != edit_id:
        raise NothingToUndo
    return edit


def _write(session: Session, imported: Import, changes: Changes, *, by: str, at: datetime) -> None:
    """Store choices, by one statement; each makes a new version of its row."""
    rows = [{"number": number, **choice.to_json()} for number, choice in changes.items()]
    given = rows_as_table(session, rows, {"number": Integer(), **_CHOICE})
    names = ("number", *_CHOICE)
    values = select(
        literal(imported.id),
        literal(1),
        literal(by),
        literal(at, Instant()),
        *(given.c[name] for name in names),
    ).where(true())
    statement = upsert(session, ImportRow).from_select(
        ["import_id", "version", "by", "at", *names], values, include_defaults=False
    )
    new = {name: statement.excluded[name] for name in ("by", "at", *_CHOICE)}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["import_id", "number"], set_={"version": ImportRow.version + 1, **new}
        )
    )
