"""A dry run on a page: its rows, those that need a person first, and its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from provisioning.imports import approval, summary
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, INVALID, MOVED, NEW, NOWHERE, UNCHANGED
from provisioning.imports.edits import words as row_words
from provisioning.imports.edits.listing import EditableRow, Listing
from provisioning.imports.edits.reasons import placed, reworded
from provisioning.imports.models import REGISTERED, Import
from provisioning.imports.summary import LEFT_OUT
from provisioning.values.language import _, capitalized, marked, spoken
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import time_element, why_not, with_elements

PAGE = 100  # rows
ORDER = (DOUBTFUL, CONFLICT, NOWHERE, INVALID, NEW, MOVED, UNCHANGED, LEFT_OUT)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a dry run, in words; `kind` is a class of its style."""

    serial: str
    name: str
    place: str
    kind: str
    state: str
    why: str
    where: str
    standing: str

    @classmethod
    def of(cls, row: EditableRow, names: words.Names) -> Self:
        """Return a row in words, with the people in it by their `names`."""
        found = row.row
        destination = found.destination if found else None
        current, standing = found.standing if found else None, ""
        if current is not None and row.kind != NEW:
            standing = with_elements(
                marked("registered for {place} by {person}, {moment}"),
                place=words.place(current.site, current.build),
                person=words.person(current.by, names),
                moment=time_element(current.since),
            )
        return cls(
            row.values.serial or _("(nothing)"),
            (found.called if found else None) or "",
            words.place(destination.site, destination.build) if destination else "",
            row.kind.replace(" ", "-"),
            capitalized(_(row_words.of_kind(row.kind))),
            reworded(row.why),
            placed(row.read.where),
            standing,
        )


@dataclass(frozen=True, slots=True)
class ApprovalOffer:
    """A way to approve a dry run, or the reason why this person may not.

    `moves` counts the Macs that it takes from others.
    """

    including: str
    label: str
    moves: int
    why_not: str | None


def version(imported: Import, visitor: Visitor, page: int) -> str:
    """Return a text that changes with the page of a dry run."""
    facts = (summary.digest_of(imported.shown), visitor.session.session_id, spoken(), page)
    return sha256(repr((imported.id, imported.ends_at, *facts)).encode()).hexdigest()


def page_of(listing: Listing, page: int) -> tuple[list[EditableRow], int, int]:
    """Return the rows of a page, its number and that of the last one, from 0."""
    numbers = [number for kind in ORDER for number in listing.of_kind(kind)]
    last = max(0, (len(numbers) - 1) // PAGE)
    page = min(page, last)
    return [listing.rows[each] for each in numbers[page * PAGE : (page + 1) * PAGE]], page, last


def people_of(rows: Sequence[EditableRow]) -> list[str | None]:
    """Return the ids of the people who registered Macs of these rows."""
    return [row.row.standing.by for row in rows if row.row and row.row.standing]


def choices_of(imported: Import, listing: Listing, visitor: Visitor) -> dict[str, Any]:
    """Return the counts of a dry run, and a person's possible acts, for its template.

    `listing` has its present rows.
    """
    shown = imported.shown or {}
    counts = shown["counts"]
    ready = counts[NEW] + counts[MOVED]
    moves = counts[CONFLICT]
    return {
        "counts": [
            (_(title), counts[kind]) for kind, title in row_words.TITLES.items() if counts[kind]
        ],
        "left_out": shown.get("left_out", 0),
        "ready": ready,
        "approvals": [
            ApprovalOffer(
                " ".join(including),
                label,
                moves if CONFLICT in including else 0,
                why_not(visitor.permit, *sorted(approval.sites_of(listing.dry, including))),
            )
            for including, label in row_words.approvals(counts)
        ],
        "moving": row_words.consequence_of_moving(moves),
        "dropping": row_words.consequence_of_dropping(ready + counts[DOUBTFUL] + moves),
        "editable": row_words.editable(shown),
        "wants": shown.get("wants", []),
    }


def end_of(imported: Import) -> str:
    """The end of an import that is settled, in a few words."""
    outcome = (imported.shown or {}).get("outcome")
    if imported.state == REGISTERED and outcome is not None:
        return row_words.deed(outcome.get("new", 0), outcome.get("moved", 0))
    if "failed" in (imported.shown or {}):
        return _("Not read")
    return _("Dropped") if imported.settled_by else _("Ended")


def left_alone(imported: Import) -> str | None:
    """A sentence about the rows that were not registered; None where there are none."""
    outcome = (imported.shown or {}).get("outcome", {})
    return row_words.left_alone(outcome.get("left", {}))
