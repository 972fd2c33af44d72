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
from server.api.v1.imports.views import ONE, TAG, ImportQueries
from server.api.v1.registrations.reach import reasons

LARGEST_EDIT = 1024 * 1024  # bytes of a body with changes of a thousand rows


class RowViews:
    """The views of the rows of an open import."""

    def __init__(self, desk: ImportQueries) -> None:
        self._desk = desk

    @property
    def routes(self) -> Sequence[Route]:
        """The routes."""
        route, path = partial(Route, tag=TAG), f"{ONE}/rows"
        refused = (OutsideToken, NotAllowed, NotTheirs, NotOpen)
        of_edit, of_undo = (*refused, InvalidRow, RowsChanged), (*refused, NothingToUndo)
        edit = partial(route, "POST", act=REGISTER)
        return [
            route("GET", path, self.list_import_rows, READ, (NotOpen,)),
            edit(path, self.edit_import_rows, refuses=of_edit, largest=LARGEST_EDIT),
            edit(f"{path}/undo", self.undo_import_edit, refuses=of_undo),
        ]

    def list_import_rows(self, call: Call, number: int, query: RowQuery) -> Answer[ImportRows]:
        """The rows of a dry run that is open, as they stand at this moment."""
        self._desk.find(call, number)
        last = paging.last_of(query.cursor)
        places = DestinationIndex(self._desk.repo.now(), call.caller.token.reaches)
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

    def edit_import_rows(self, call: Call, number: int, body: RowChanges) -> Answer[Edited]:
        """Change rows: serials, where they go, what is decided; all of that or nothing.

        Each says which version of its row was seen. Rows that were changed meanwhile are
        refused, and none is changed then.
        """
        self._desk.find(call, number)

        def plan(listing: Listing) -> Changes:
            return changes.of_drafts(listing, list(_drafts(listing, body.rows)))

        self._desk.intake.edit(number, call.principal, plan)
        return self._edited(call, number)

    def undo_import_edit(self, call: Call, number: int, body: EditUndoing) -> Answer[Edited]:
        """Take back the newest edit of rows."""
        self._desk.find(call, number)
        self._desk.intake.undo_edit(number, call.principal, body.edit)
        return self._edited(call, number)

    def _edited(self, call: Call, number: int) -> Answer[Edited]:
        found = self._desk.find(call, number)
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
