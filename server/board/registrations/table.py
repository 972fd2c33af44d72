"""The routes of the table of registrations, and of the same rows as a CSV file."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.access.accounts import people
from provisioning.maintenance import acts
from provisioning.maintenance.acts import Verb
from provisioning.maintenance.words import STATE_WORDS
from provisioning.munki import MunkiRepo
from provisioning.policy import NotAllowed
from provisioning.registrations.listings import export, log, table
from provisioning.registrations.listings.log import Entry
from provisioning.registrations.listings.table import ALL
from provisioning.values.language import _, ngettext
from provisioning.values.outsiders import is_same
from server.auth.browsers import Browsers, Visitor
from server.board import words
from server.board.pages import NUMBER, Pages, address, see_other, why
from server.board.registrations.query import PATH, Query

EXPORTING = Sentence("export all registrations")
VERBS = (Verb.MOVE, Verb.REIMAGE, Verb.CANCEL)


@dataclass(frozen=True, slots=True)
class Done:
    """A sentence on what the visitor has just done, and the operation that can be undone still."""

    sentence: str
    undoable: int | None


class TableViews:
    """The views of the table."""

    def __init__(
        self, pages: Pages, database: Database, repo: MunkiRepo, browsers: Browsers
    ) -> None:
        self._pages, self._database, self._repo = pages, database, repo
        self._browsers = browsers

    def add_to(self, routes: Blueprint) -> None:
        """Add the routes."""
        routes.add_url_rule("/registrations", view_func=self.registrations)
        routes.add_url_rule("/registrations.csv", view_func=self.export)
        routes.add_url_rule(
            f"/registrations/undo/{NUMBER}", view_func=self.undo_many, methods=["POST"]
        )

    def registrations(self) -> Response:
        """All registrations as a table, for browsers.

        Fields `q`, `site`, `build`, `state`, `page`, and `sort`, such as `-site`, are as in its
        forms.
        """
        visitor, query = g.visitor, Query.read(request.args)
        with self._database.reading() as session:
            page = table.page(session, query.filters, query.order, query.page)
            names = people.names(
                session, [mac.registered_by for mac in page.macs if mac.registered_by]
            )
            done = self._done(session, visitor)
        repo = self._repo.now()
        return self._pages.show(
            "registrations/table.html",
            visitor,
            query=query,
            page=page,
            columns=_columns(),
            states=_states(),
            verbs=[(verb.value, _(verb.label)) for verb in VERBS],
            names=names,
            done=done,
            sites=repo.sites(),
            builds=repo.builds(),
            export_path=address(f"{PATH}.csv", query.values),
            why_no_export=_why_no_export(visitor),
            state_of=words.state_of,
            state_name=words.state_name,
            person=words.person,
        )

    def export(self) -> Response:
        """The registrations of the same filters as a CSV file, for admins."""
        g.visitor.permit_admin(EXPORTING)
        filters = Query.read(request.args).filters
        with self._database.reading() as session:
            pieces = export.whole_of(session, table.condition(session, filters))
        response = Response(pieces, content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="registrations.csv"'
        return response

    def undo_many(self, number: int) -> Response:
        """Take back an operation on Macs of the table, within ten minutes."""
        visitor = g.visitor
        undone = acts.undo(
            self._database,
            number,
            actor=visitor.actor,
            permit_admin=visitor.permit_admin,
            at=self._browsers.clock(),
        )
        return back_to_table(Query.read(request.form), did=number, left=len(undone.left))

    def _done(self, session: Session, visitor: Visitor) -> Done | None:
        """The operation that the visitor has just done, by its number in the address."""
        operation_id = words.number(request.args.get("did", ""))
        entry = log.find(session, operation_id) if operation_id is not None else None
        if entry is None:
            return None
        operation = entry.operation
        if not any(
            is_same(each or "", visitor.actor.by) for each in (operation.by, operation.undone_by)
        ):
            return None
        sentences = [_outcome(entry)]
        if left := words.number(request.args.get("left", "")):
            sentences.append(left_alone(left))
        why_not = words.why_not_undo(operation, visitor, self._browsers.clock())
        return Done(" ".join(sentences), operation.id if why_not is None else None)


def back_to_table(query: Query, *, did: int, left: int) -> Response:
    """Return the way back to the table, which says what an operation did and how many it left."""
    return see_other(query.with_values(did=did, left=left or ""))


def left_alone(number: int) -> str:
    """The sentence on Macs that an act left as they are."""
    return ngettext(
        "{number} Mac has changed since and was left alone.",
        "{number} Macs have changed since and were left alone.",
        number,
    )


def _columns() -> Sequence[tuple[str, str]]:
    """The columns of the table: what it is sorted by, and the heading."""
    return (
        ("serial", _("Serial")),
        ("name", _("Name")),
        ("site", _("Site")),
        ("build", _("Build")),
        ("state", _("State")),
        ("by", _("Registered by")),
        ("at", _("On")),
        ("heard", _("Last report")),
    )


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("all but the cancelled")),
        *((state, words.state_name(state)) for state in STATE_WORDS),
        (ALL, _("all, also the cancelled")),
    ]


def _why_no_export(visitor: Visitor) -> str | None:
    try:
        visitor.permit_admin(EXPORTING)
    except NotAllowed as error:
        return why(error)
    return None


def _outcome(entry: Entry) -> str:
    if entry.operation.undone_at is not None:
        return _("That was undone.")
    if entry.operation.what == acts.PAST[Verb.MOVE]:
        return ngettext(
            "{number} Mac moved to {place}.",
            "{number} Macs moved to {place}.",
            entry.macs,
            place=words.place(entry.site, entry.build),
        )
    if entry.operation.what == acts.PAST[Verb.REIMAGE]:
        return ngettext("{number} Mac reimaged.", "{number} Macs reimaged.", entry.macs)
    return ngettext("{number} Mac cancelled.", "{number} Macs cancelled.", entry.macs)
