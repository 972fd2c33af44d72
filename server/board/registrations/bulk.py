"""The routes of acts on many Macs: a page that says what would happen, and the act itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from flask import Blueprint, Response, g, request
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from infrastructure.database.engine import Database
from provisioning.maintenance import acts
from provisioning.maintenance.acts import MOST_BY_BUTTON, Verb
from provisioning.munki import MunkiRepo
from provisioning.policy import NotAllowed
from provisioning.registrations import queries
from provisioning.registrations.changes import MOST_AT_ONCE, NothingToDo
from provisioning.registrations.listings import table
from provisioning.registrations.models import Registration
from provisioning.values.language import _, marked
from server.auth.browsers import Browsers, Visitor
from server.board import words
from server.board.pages import Pages, why
from server.board.registrations.query import Query
from server.board.registrations.table import VERBS, back_to_table, left_alone

MOST_SHOWN = 30  # Macs that the page names; the rest is counted
MOST_TICKED = 500
INCOMPLETE = marked("This form is incomplete: load its page again.")


@dataclass(frozen=True, slots=True)
class Selection:
    """The Macs that an act is about, by a verb: those that are ticked, or all of a question."""

    verb: Verb
    query: Query
    ticked: Sequence[int] | None

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> Self:
        """Return the selection of an address or a form. Raises BadRequest."""
        verb = next((each for each in VERBS if each.value == sent.get("verb")), None)
        if verb is None:
            raise BadRequest(_("There is no such act."))
        if sent.get("which") == "all":
            return cls(verb, Query.read(sent), None)
        ticked = (words.number(each) for each in sent.getlist("mac")[:MOST_TICKED])
        return cls(verb, Query.read(sent), [each for each in ticked if each is not None])

    def chosen(self, session: Session) -> ColumnElement[bool]:
        """The condition for the Macs that were chosen."""
        if self.ticked is not None:
            return Registration.id.in_(self.ticked)
        return table.condition(session, self.query.filters)

    def condition(self, session: Session) -> ColumnElement[bool]:
        """The condition for those of them for which the act makes sense."""
        return self.chosen(session) & acts.meaningful(self.verb)

    def until(self, seen: datetime) -> Callable[[Session], ColumnElement[bool]]:
        """Return the condition without Macs that changed after the page was seen."""
        return lambda session: self.condition(session) & (Registration.changed_at <= seen)


@dataclass(frozen=True, slots=True)
class Prospect:
    """A look at what an act would do: to which Macs, and to how many; `others` stay as they are."""

    macs: Sequence[Registration]
    number: int
    others: int
    sites: Sequence[str]
    why_not: str | None


class BulkViews:
    """The views of acts on many Macs."""

    def __init__(
        self, pages: Pages, database: Database, repo: MunkiRepo, browsers: Browsers
    ) -> None:
        self._pages, self._database, self._repo = pages, database, repo
        self._browsers = browsers

    def add_to(self, routes: Blueprint) -> None:
        """Add the routes."""
        routes.add_url_rule("/registrations/act", view_func=self.ask)
        routes.add_url_rule("/registrations/act", view_func=self.act_on_many, methods=["POST"])

    def ask(self) -> Response:
        """A page that says to how many Macs an act would be done, and asks; it changes nothing."""
        return self._asking(Selection.read(request.args))

    def act_on_many(self) -> Response:
        """Move, image again or cancel the Macs of a selection, in one operation."""
        selection, visitor = Selection.read(request.form), g.visitor
        seen, told = _moment(request.form.get("seen", "")), _told(request.form.get("number", ""))
        is_typed = selection.verb != Verb.MOVE and told > MOST_BY_BUTTON
        if is_typed and request.form.get("typed", "").strip() != str(told):
            sentence = _("That is not {number}.", number=told)
            return self._asking(selection, f"{sentence} {_('Nothing was changed.')}", status=400)
        destination = None
        if selection.verb == Verb.MOVE:
            names = (request.form.get(name, "") for name in ("to_site", "to_build"))
            destination = self._repo.now().destination(*names)
        try:
            __, looked_at, operation = acts.change(
                self._database,
                selection.verb,
                selection.until(seen),
                destination,
                actor=visitor.actor,
                permit=visitor.permit,
                at=self._browsers.clock(),
            )
        except NothingToDo:
            return self._asking(selection, f"{left_alone(told)} {_('Nothing was changed.')}", 409)
        return back_to_table(selection.query, did=operation.id, left=max(told - looked_at, 0))

    def _asking(
        self, selection: Selection, fault: str | None = None, status: int = 200
    ) -> Response:
        with self._database.reading() as session:
            prospect = _prospect(session, selection, g.visitor)
        repo = self._repo.now()
        return self._pages.show(
            "registrations/act.html",
            g.visitor,
            status=status,
            fault=fault,
            selection=selection,
            prospect=prospect,
            label=_(selection.verb.label),
            consequence=_(selection.verb.consequence),
            is_typed=selection.verb != Verb.MOVE and prospect.number > MOST_BY_BUTTON,
            seen=self._browsers.clock().isoformat(),
            sites=repo.sites(),
            builds=repo.builds(),
            place=words.place,
            state_of=words.state_of,
            state_name=words.state_name,
        )


def _prospect(session: Session, selection: Selection, visitor: Visitor) -> Prospect:
    condition = selection.condition(session)
    macs, number = queries.first_of(session, condition, MOST_SHOWN)
    chosen = queries.first_of(session, selection.chosen(session), 0)[1]
    sites = queries.sites_of(session, condition)
    return Prospect(macs, number, chosen - number, sites, _why_not(number, sites, visitor))


def _why_not(number: int, sites: Sequence[str], visitor: Visitor) -> str | None:
    if not number:
        return _("There is no Mac for which that makes sense: tick others, or change the filters.")
    if number > MOST_AT_ONCE:
        return _(
            "More than {number} Macs are too many at once: set filters, such as a site.",
            number=MOST_AT_ONCE,
        )
    try:
        visitor.permit(*sites)
    except NotAllowed as error:
        return why(error)
    return None


def _told(text: str) -> int:
    """Return the number of Macs that the page named. Raises BadRequest."""
    number = words.number(text)
    if number is None:
        raise BadRequest(_(INCOMPLETE))
    return number


def _moment(text: str) -> datetime:
    """Return the moment at which a page was seen. Raises BadRequest."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(_(INCOMPLETE)) from None
