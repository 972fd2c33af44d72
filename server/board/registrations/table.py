"""The routes of the table of registrations, and of the same rows as a CSV file."""

from collections.abc import Iterator

from flask import Response, request

from infrastructure.text import Sentence
from provisioning.access.accounts import people
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.words import STATE_WORDS
from provisioning.registrations.listings import export, table
from provisioning.registrations.listings.table import ALL
from provisioning.values.language import _, marked
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import NUMBER, address, see_other, why_not
from server.board.registrations.done import DoneAct
from server.board.registrations.query import PATH, Query
from server.board.registrations.selection import VERBS
from server.board.views import BoardPages, get, post

EXPORTING = Sentence("export all registrations")
# By the columns of `table.SORTS`, in whose order they stand; the template has a cell for each.
HEADINGS = {
    "serial": marked("Serial"),
    "name": marked("Name"),
    "site": marked("Site"),
    "build": marked("Build"),
    "state": marked("State"),
    "by": marked("Registered by"),
    "at": marked("On"),
    "heard": marked("Last report"),
}


class TablePages(BoardPages):
    """The views of the table."""

    @get("/registrations")
    def registrations(self) -> Response:
        """All registrations as a table, for browsers.

        Fields `q`, `site`, `build`, `state`, `page`, and `sort`, such as `-site`, are as in its
        forms.
        """
        visitor, query = self._visitor, Query.read(request.args)
        with self._database.reading() as session:
            page = table.page(session, query.filters, query.order, query.page)
            names = people.names(session, [mac.registered_by for mac in page.macs])
            done = DoneAct.read(session, request.args, visitor, self._clock())
        repo = self._repo.now()
        return self._show(
            "registrations/table.html",
            query=query,
            page=page,
            columns=[(column, _(HEADINGS[column])) for column in table.SORTS],
            states=_states(),
            verbs=[(verb.value, _(verb.label)) for verb in VERBS],
            names=names,
            done=done,
            sites=repo.sites(),
            builds=repo.builds(),
            export_path=address(f"{PATH}.csv", query.values),
            why_no_export=why_not(visitor.permit_admin, EXPORTING),
            person=words.person,
        )

    @get("/registrations.csv")
    def export(self) -> Response:
        """The registrations of the same filters as a CSV file, any number of them, for admins.

        It breaks off where the session or the right ends meanwhile.
        """
        visitor = self._visitor
        visitor.permit_admin(EXPORTING)
        filters = Query.read(request.args).filters
        with self._database.reading() as session:
            wanted = table.condition(session, filters)
        pieces = export.csv_of(self._database, where=wanted)
        response = Response(
            self._while_permitted(visitor, pieces), content_type="text/csv; charset=utf-8"
        )
        response.headers["Content-Disposition"] = 'attachment; filename="registrations.csv"'
        return response

    def _while_permitted(self, visitor: Visitor, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the pieces of an export. Raises NotSignedIn, NotAllowed between two of them."""
        for piece in pieces:
            self._browsers.admit_again(visitor).permit_admin(EXPORTING)
            yield piece

    @post(f"/registrations/undo/{NUMBER}")
    def undo_many(self, number: int) -> Response:
        """Take back an operation on Macs of the table, within ten minutes."""
        undone = changing.undo(number, self._principal)
        query = Query.read(request.form)
        return see_other(query.with_values(did=number, left=len(undone.left) or ""))


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("all but the cancelled")),
        *((state, words.state_name(state)) for state in STATE_WORDS),
        (ALL, _("all, also the cancelled")),
    ]
