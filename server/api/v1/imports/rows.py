"""The views of a dry run's rows, which programs read, and put right."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from provisioning.access.programs.models import READ, REGISTER
from provisioning.access.programs.tokens import OutsideToken
from provisioning.imports import lifecycle
from provisioning.imports.edits import changes, recording
from provisioning.imports.edits.changes import Changes, Draft, InvalidRow, NotTheirs, RowsChanged
from provisioning.imports.edits.listing import EditableRow, Listing
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.lifecycle import NotOpen
from provisioning.munki.destinations import DestinationIndex
from provisioning.policy import NotAllowed
from server.api.v1.frame import paging
from server.api.v1.frame.callers import Caller
from server.api.v1.frame.routes import Answer, Call, Route
from server.api.v1.imports.models import (
    Edited,
    EditUndoing,
    ImportResource,
    ImportRowResource,
    ImportRows,
    RowChange,
    RowChanges,
    RowQuery,
    etag_of,
)
from server.api.v1.imports.views import ONE, TAG, acts, find
from server.api.v1.registrations.reach import reasons

LARGEST_EDIT = 1024 * 1024  # bytes of a body with changes of a thousand rows


def list_import_rows(call: Call, number: int, query: RowQuery) -> Answer[ImportRows]:
    """The rows of a dry run that is open, as they stand at this moment."""
    find(call, number)
    last = paging.last_of(query.cursor)
    places = DestinationIndex(call.dependencies.repo.now(), call.caller.token.reaches)
    with call.database.reading() as session:
        listing = Listing.of(session, lifecycle.waiting(session, number), places)
        why = reasons(session, call.caller, listing.dry.rows)
    numbers = listing.of_kind(query.kind) if query.kind else [*listing.rows]
    found = [each for each in numbers if last is None or each > last]
    page, following = paging.cut(found, query.limit, int)
    items = [
        ImportRowResource.of(
            row,
            why=why(row.row) if row.row else row.why,
            sees_standing=_sees_standing(call.caller, row),
        )
        for row in map(listing.rows.__getitem__, page)
    ]
    return Answer(ImportRows(items=items, next=following))


def edit_import_rows(call: Call, number: int, body: RowChanges) -> Answer[Edited]:
    """Change rows: serials, where they go, what is decided; all of that or nothing.

    Each says which version of its row was seen. Rows that were changed meanwhile are
    refused, and none is changed then.
    """
    find(call, number)

    def plan(listing: Listing) -> Changes:
        return changes.of_drafts(listing, list(_drafts(listing, body.rows)))

    acts(call).edit(number, call.principal, plan)
    return _edited(call, number)


def undo_import_edit(call: Call, number: int, body: EditUndoing) -> Answer[Edited]:
    """Take back the newest edit of rows."""
    find(call, number)
    acts(call).undo_edit(number, call.principal, body.edit)
    return _edited(call, number)


def _edited(call: Call, number: int) -> Answer[Edited]:
    found = find(call, number)
    with call.database.reading() as session:
        newest = recording.last_edit(session, found)
        shown = ImportResource.of(found, number_of_sources=len(found.sources))
        edited = Edited(edit=newest.id if newest else None, imported=shown)
        return Answer(edited, etag=etag_of(found))


def _drafts(listing: Listing, row_changes: Sequence[RowChange]) -> Iterator[Draft]:
    """Yield what a program gives each row. Raises InvalidRow where there is no such row."""
    for change in row_changes:
        row = listing.rows.get(change.number)
        if row is None:
            raise InvalidRow(change.number, f"There is no row {change.number} in that dry run.")
        given = change.model_dump(exclude={"number", "version"}, exclude_none=True)
        yield Draft(row.number, change.version, row.values.digest, replace(row.values, **given))


def _sees_standing(caller: Caller, row: EditableRow) -> bool:
    standing = row.row.standing if row.row else None
    return standing is None or caller.token.reaches(standing.site)


_route, _PATH = partial(Route, tag=TAG), f"{ONE}/rows"
_REFUSED = (OutsideToken, NotAllowed, NotTheirs, NotOpen)
_OF_EDIT, _OF_UNDO = (*_REFUSED, InvalidRow, RowsChanged), (*_REFUSED, NothingToUndo)
_edit = partial(_route, "POST", act=REGISTER)
ROUTES: Sequence[Route] = [
    _route("GET", _PATH, list_import_rows, READ, (NotOpen,)),
    _edit(_PATH, edit_import_rows, refuses=_OF_EDIT, largest=LARGEST_EDIT),
    _edit(f"{_PATH}/undo", undo_import_edit, refuses=_OF_UNDO),
]
