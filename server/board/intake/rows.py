"""The routes of a dry run's rows that people correct: one by one, or all that are alike."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Response, request

from infrastructure.errors import RollcallError
from infrastructure.text import storable
from provisioning.access.accounts import people
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import OPEN
from provisioning.imports.edits import changes, recording
from provisioning.imports.edits import words as row_words
from provisioning.imports.edits.changes import Draft, InvalidRow, NothingAlike, RowsChanged
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.edits.listing import PAGE, EditableRow, Listing, Values
from provisioning.imports.edits.reasons import reworded
from provisioning.imports.models import READ, Import
from provisioning.maintenance.acts.intake import Plan
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.language import _, worded
from provisioning.values.serials import LONGEST
from server.board import words
from server.board.intake.dry_run import ShownRow, people_of
from server.board.intake.views import IntakePages
from server.board.pages import NUMBER, see_other
from server.board.views import get, post

MAX_ALIKE = 5  # doubts that rows share, and unknown names, of which a choice is offered
LONGEST_NAME = 255  # characters of a site's or a build's
_NUMBER = re.compile("[0-9]{1,9}")
_VERSION = re.compile("version-([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class RowFields:
    """A row with the values in the fields that correct it."""

    row: EditableRow
    shown: ShownRow
    values: Values
    decisions: Mapping[str, str]
    is_noticed: bool
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class RowsNotice:
    """The reason why nothing was saved, with its rows and the values that were filled in."""

    text: str
    rows: frozenset[int]
    drafts: Sequence[Draft]


class RowPages(IntakePages):
    """The views of the rows that wait for a person, or were changed by one."""

    @get(f"/imports/{NUMBER}/rows")
    def rows(self, number: int) -> Response:
        """The rows of a dry run that a person can put right, for browsers."""
        found = self._find(number)
        if found.state != READ:
            return see_other(f"/board/imports/{number}")
        return self._show_rows(found, max(0, request.args.get("page", 0, type=int)))

    @post(f"/imports/{NUMBER}/rows")
    def save(self, number: int) -> Response:
        """Save what was filled in. Where another person changed a row meanwhile, nothing is."""
        found = self._find(number)
        drafts = list(_drafts(request.form))
        page = request.form.get("page", 0, type=int)
        try:
            self._intake.edit(number, self._principal, partial(changes.of_drafts, drafts=drafts))
        except RowsChanged as error:
            notice = RowsNotice(_(row_words.CHANGED_MEANWHILE), error.numbers, drafts)
            return self._show_rows(found, page, notice)
        except InvalidRow as error:
            text = _("Nothing was saved: {error}", error=_sentence(error))
            return self._show_rows(found, page, RowsNotice(text, frozenset({error.number}), drafts))
        following = request.form.get("to", page, type=int)
        return see_other(f"/board/imports/{number}/rows?page={max(0, following)}")

    @post(f"/imports/{NUMBER}/rows/alike")
    def change_alike(self, number: int) -> Response:
        """Change all rows that are alike: `act` is `bare`, `name`, `take` or `out`."""
        self._find(number)
        alike = request.form.get("alike", "")
        name = storable(request.form.get("name", "").strip(), LONGEST_NAME)
        plan = _PLANS.get(request.form.get("act", ""))
        if plan is None:
            raise NothingAlike
        self._intake.edit(number, self._principal, plan(alike, name))
        return see_other(f"/board/imports/{number}/rows")

    @post(f"/imports/{NUMBER}/rows/undo")
    def undo_edit(self, number: int) -> Response:
        """Undo the last change of the rows, `edit`."""
        self._find(number)
        edit = request.form.get("edit", 0, type=int)
        self._intake.undo_edit(number, self._principal, edit)
        return see_other(f"/board/imports/{number}/rows")

    def _show_rows(self, found: Import, page: int, notice: RowsNotice | None = None) -> Response:
        places = DestinationIndex(self._repo.now())
        with self._database.reading() as session:
            imported = lifecycle.waiting(session, found.id)
            listing = Listing.of(session, imported, places)
            edit = recording.last_edit(session, imported)
            rows, page = listing.page(page)
            by = [*(row.by for row in rows), *people_of(rows)]
            names = people.names(session, by)
        drafts = {draft.number: draft for draft in notice.drafts} if notice else {}
        noticed = notice.rows if notice else frozenset()
        return self._show(
            "intake/rows.html",
            status=409 if notice else 200,
            imported=imported,
            notice=notice,
            fields=[_field(row, drafts, noticed, names) for row in rows],
            total=len(listing.editable()),
            waiting=len(listing.of_kind(*OPEN)),
            page=page,
            per_page=PAGE,
            edit=edit,
            scanned=listing.scanned,
            doubts=[(each, reworded(each.why)) for each in listing.doubts[:MAX_ALIKE]],
            unknown=[name for name in listing.unknown if name.kind in places.kinds.names][
                :MAX_ALIKE
            ],
            sites=places.sites if places.known[0] is not None else [],
            builds=places.builds if places.known[1] is not None else [],
            longest=LONGEST,
        )


_PLANS: Mapping[str, Callable[[str, str], Plan]] = {
    "bare": lambda _alike, _name: changes.without_s,
    "name": lambda alike, name: partial(changes.destined, unknown=alike, name=name),
    "take": lambda alike, _name: partial(changes.decided, alike=alike, decision=TAKE),
    "out": lambda alike, _name: partial(changes.decided, alike=alike, decision=OUT),
}


def _drafts(form: Mapping[str, str]) -> Iterator[Draft]:
    """Yield the values that a person filled in, for each row of the page."""
    for key in form:
        # A part of a form that was made by hand may have no name, not even an empty one.
        if found := _VERSION.fullmatch(key or ""):
            number = found[1]
            values = (
                storable(form.get(f"{name}-{number}", "").strip(), LONGEST_NAME)
                for name in ("serial", "site", "build", "decision")
            )
            version = int(form[key]) if _NUMBER.fullmatch(form[key]) else 0
            yield Draft(int(number), version, form.get(f"shown-{number}", ""), Values(*values))


def _field(
    row: EditableRow, drafts: Mapping[int, Draft], noticed: frozenset[int], names: words.Names
) -> RowFields:
    """A row with its fields; an untouched row has its present values."""
    draft = drafts.get(row.number)
    return RowFields(
        row,
        ShownRow.of(row, names),
        draft.values if draft and draft.is_touched else row.values,
        row_words.decisions(row),
        row.number in noticed,
        words.person(row.by, names) if row.by else None,
    )


def _sentence(error: RollcallError) -> str:
    cause = error.__cause__
    return worded(cause) if isinstance(cause, RollcallError) else worded(error)
