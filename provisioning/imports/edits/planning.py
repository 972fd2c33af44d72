"""Plans of edits: all rows that an edit will store, made before its transaction.

Classifying thousands of rows takes seconds, for which Macs and people would wait.
"""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from provisioning.imports import lifecycle, summary
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, DryRunRow
from provisioning.imports.edits.changes import Changes
from provisioning.imports.edits.choices import TAKE, RowChoice
from provisioning.imports.edits.listing import Listing
from provisioning.imports.models import Import, Summary
from provisioning.imports.prepared import keys_of
from provisioning.munki.destinations import DestinationIndex


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """An edit as it will be stored: the choices of its rows `before` it and after it.

    `shown` is the summary of the dry run after it; `keys` are those of the serials of all rows,
    before and after it. `undoes` is the id of the edit that it undoes, None where it is a new one.
    """

    before: Changes
    changes: Changes
    shown: Summary
    keys: frozenset[str]
    undoes: int | None = None


def plan(
    session: Session, imported: Import, places: DestinationIndex, listing: Listing, changes: Changes
) -> PlannedEdit:
    """Return the edit that makes these changes of the rows of `listing`.

    A row that is taken in spite of a doubt keeps the doubt that the person saw.
    """
    dry = lifecycle.classify(session, imported, places, changes=changes)
    rows = {row.number: row for row in dry.rows}
    accepted = {
        number: _accepted(choice, listing.rows[number].row, rows.get(number))
        for number, choice in changes.items()
    }
    if accepted != changes:
        dry = lifecycle.classify(session, imported, places, changes=accepted)
    return PlannedEdit(
        {number: listing.rows[number].choice for number in changes},
        accepted,
        summary.of(dry),
        frozenset(keys_of((*listing.dry.rows, *dry.rows))),
    )


def plan_undo(
    session: Session, imported: Import, places: DestinationIndex, edit_id: int, changes: Changes
) -> PlannedEdit:
    """Return the edit that undoes another one, by the choices before that: `changes`."""
    dry = lifecycle.classify(session, imported, places, changes=changes)
    return PlannedEdit({}, changes, summary.of(dry), frozenset(keys_of(dry.rows)), edit_id)


def _accepted(choice: RowChoice, before: DryRunRow | None, after: DryRunRow | None) -> RowChoice:
    """Return a choice with the doubt of its row; a doubt that was not seen takes it back.

    `before` is the row that the person saw, `after` the row that it becomes.
    """
    if choice.decision != TAKE:
        return choice
    if after is None or after.kind not in (DOUBTFUL, CONFLICT):
        return replace(choice, decision=choice.accepted and choice.decision)
    if before is not None and _is_seen(before, after):
        return replace(choice, accepted=after.doubt)
    return replace(choice, decision=None, accepted=None)


def _is_seen(before: DryRunRow, after: DryRunRow) -> bool:
    """Return True if a person who saw a row before a change has seen all its doubts."""
    if before.kind != after.kind:
        return False
    if after.kind == CONFLICT and before.standing != after.standing:
        return False
    return set(after.why.split("; ")) <= set(before.why.split("; "))
