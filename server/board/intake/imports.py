"""The routes of an import: its page, from its reading to its end, and the acts on it."""

from collections.abc import Callable
from datetime import timedelta

from flask import Response, request

from provisioning.access.accounts import people
from provisioning.imports import lifecycle, summary
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL
from provisioning.imports.edits.listing import Listing
from provisioning.imports.edits.reasons import reworded
from provisioning.imports.lifecycle import NotOpen
from provisioning.imports.models import READ, READING, Import
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.import_rights import check_may_settle
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations.listings import batches
from provisioning.registrations.models import Operation
from server.auth.browsers import Visitor
from server.board import words
from server.board.intake import dry_run
from server.board.intake.views import IntakePages
from server.board.pages import NUMBER, see_other, why_not
from server.board.views import get, post

SLOW_AFTER = timedelta(seconds=30)  # of reading, after which the page says what may be the matter


class ImportPages(IntakePages):
    """The views of an import. To people who may not see it, it does not exist."""

    @get(f"/imports/{NUMBER}")
    def imported(self, number: int) -> Response:
        """An import, for browsers: how far its reading is, its dry run, or what came of it."""
        visitor = self._visitor
        found = self._find(number)
        if found.state == READING:
            return self._reading(found)
        if found.state == READ:
            return self._dry_run(found, visitor)
        return self._settled(found, visitor)

    @get(f"/imports/{NUMBER}/dry-run.csv")
    def dry_run_file(self, number: int) -> Response:
        """The whole dry run as a CSV file."""
        found = self._find(number)
        places = DestinationIndex(self._repo.now())
        with self._database.reading() as session:
            content = summary.csv_of(lifecycle.classify(session, found, places))
        response = Response(content, content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="dry-run-{number}.csv"'
        return response

    @post(f"/imports/{NUMBER}/register")
    def register(self, number: int) -> Response:
        """Register what is ready, and what `including` names: `doubtful`, `conflict`; once."""
        self._find(number)
        named = request.form.get("including", "").split()
        including = [kind for kind in (DOUBTFUL, CONFLICT) if kind in named]
        seen = request.form.get("seen", "")
        return _once(
            number,
            lambda: self._intake.register(number, self._principal, including=including, seen=seen),
        )

    @post(f"/imports/{NUMBER}/drop")
    def drop(self, number: int) -> Response:
        """Drop an import: nothing is registered."""
        seen = request.form.get("seen", "")
        check_may_settle(self._find(number), self._principal)
        return _once(number, lambda: self._intake.drop(number, self._principal, seen=seen))

    @post(f"/imports/{NUMBER}/choose")
    def choose(self, number: int) -> Response:
        """Choose a `site` for the Macs that name none, and a `build`."""
        check_may_settle(self._find(number), self._principal)
        site, build = (request.form.get(name, "") or None for name in ("site", "build"))
        return _once(
            number, lambda: self._intake.choose(number, self._principal, site=site, build=build)
        )

    @post(f"/imports/{NUMBER}/undo")
    def undo_import(self, number: int) -> Response:
        """Take back what an import registered, within ten minutes."""
        found = self._find(number)
        changing.undo(found.act_id or 0, self._principal)
        return see_other(f"/board/imports/{number}")

    def _reading(self, imported: Import) -> Response:
        with self._database.reading() as session:
            read = lifecycle.read_of(session, imported)
        return self._show(
            "intake/reading.html",
            imported=imported,
            macs=len(read.entries),
            is_slow=self._clock() - imported.created_at > SLOW_AFTER,
        )

    def _dry_run(self, found: Import, visitor: Visitor) -> Response:
        page = max(0, request.args.get("page", 0, type=int))
        # Compared before the rows are looked up, which takes long where they are many.
        version = dry_run.version(found, visitor, page)
        if request.if_none_match.contains(version):
            response = Response(status=304)
            response.set_etag(version)
            return response
        places = DestinationIndex(self._repo.now())
        with self._database.reading() as session:
            listing = Listing.of(session, found, places)
            rows, page, last = dry_run.page_of(listing, page)
            names = people.names(session, [found.by, *dry_run.people_of(rows)])
        response = self._show(
            "intake/dry_run.html",
            imported=found,
            handed_in_by=words.person(found.by, names),
            rows=[dry_run.ShownRow.of(row, names) for row in rows],
            page=page,
            last=last,
            seen=summary.digest_of(found.shown),
            sites=places.sites,
            builds=places.builds,
            why_not_settle=why_not(check_may_settle, found, self._principal),
            **dry_run.choices_of(found, listing, visitor),
        )
        response.set_etag(version)
        return response

    def _settled(self, imported: Import, visitor: Visitor) -> Response:
        operation, cards = None, []
        with self._database.reading() as session:
            if imported.act_id is not None:
                operation = session.get_one(Operation, imported.act_id)
                cards = batches.registered_by(session, imported.act_id)
            undone_by = operation.undone_by if operation else None
            names = people.names(session, [imported.by, imported.settled_by, undone_by])
        return self._show(
            "intake/settled.html",
            imported=imported,
            title=dry_run.end_of(imported),
            failed=reworded((imported.shown or {}).get("failed", "")),
            left_alone=dry_run.left_alone(imported),
            handed_in_by=words.person(imported.by, names),
            settled_by=words.person(imported.settled_by, names) if imported.settled_by else None,
            operation=operation,
            undone_by=words.person(undone_by, names) if undone_by else None,
            undo=operation and words.undo_offer(operation, visitor, self._clock()),
            cards=cards,
        )


def _once(number: int, act: Callable[[], object]) -> Response:
    """Carry out a form; where the import is settled already, its page shows the outcome."""
    try:
        act()
    except NotOpen as error:
        if error.state is None:
            raise
    return see_other(f"/board/imports/{number}")
