"""Selections of Macs for an act: ticked ones, all of a question, or those of a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from infrastructure.text import whole_number
from provisioning.maintenance.acts import verbs
from provisioning.maintenance.acts.verbs import Verb
from provisioning.registrations import queries
from provisioning.registrations.changes import MAX_AT_ONCE
from provisioning.registrations.listings import batches, table
from provisioning.registrations.listings.batches import NoSuchBatch
from provisioning.registrations.models import Registration
from provisioning.values.language import _
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import address, why_not
from server.board.registrations.query import Query

MAX_SHOWN = 30  # Macs that the page names; the rest is counted
MAX_TICKED = 500
VERBS = (Verb.MOVE, Verb.REIMAGE, Verb.CANCEL)


@dataclass(frozen=True, slots=True)
class Selection:
    """The Macs of an act, by its verb: ticked ones, or all of a question.

    With a `batch`, the number of a card, they are those of it that its Slack card would choose.
    """

    verb: Verb
    query: Query
    ticked: Sequence[int] | None = None
    batch: int | None = None

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> Self:
        """Return the selection of an address or a form. Raises BadRequest, NoSuchBatch."""
        verb = next((each for each in VERBS if each.value == sent.get("verb")), None)
        if verb is None:
            raise BadRequest(_("There is no such act."))
        if "batch" in sent:
            return cls.of_batch(verb, whole_number(sent["batch"]))
        if sent.get("which") == "all":
            return cls(verb, Query.read(sent))
        ticked = (whole_number(each) for each in sent.getlist("mac")[:MAX_TICKED])
        return cls(verb, Query.read(sent), [each for each in ticked if each is not None])

    @classmethod
    def of_batch(cls, verb: Verb, number: int | None) -> Self:
        """Return the selection of the Macs of a batch. Raises NoSuchBatch."""
        if number is None:
            raise NoSuchBatch
        return cls(verb, Query.read({}), batch=number)

    @property
    def fields(self) -> list[tuple[str, str | int]]:
        """The names and values of the form's fields for the selection."""
        if self.batch is not None:
            return [("batch", self.batch)]
        if self.ticked is None:
            return [*self.query.values.items(), ("which", "all")]
        return [*self.query.values.items(), *(("mac", each) for each in self.ticked)]

    def way_back(self, **values: str | int) -> str:
        """Return the address of the page from which the selection comes, with values for it."""
        if self.batch is not None:
            return address(f"/board/batches/{self.batch}", values)
        return self.query.with_values(**values)

    def chosen(self, session: Session) -> ColumnElement[bool]:
        """The condition for the Macs that were chosen. Raises NoSuchBatch."""
        if self.batch is not None:
            return queries.open_on(batches.get(session, self.batch))
        if self.ticked is not None:
            return Registration.id.in_(self.ticked)
        return table.condition(session, self.query.filters)

    def condition(self, session: Session) -> ColumnElement[bool]:
        """The condition for the chosen Macs for which the act makes sense. Raises NoSuchBatch."""
        if self.batch is not None:
            card = batches.get(session, self.batch)
            return queries.to_be_done(card, (), finished=self.verb == Verb.REIMAGE)
        return self.chosen(session) & verbs.meaningful(self.verb)

    def until(self, seen: datetime) -> Callable[[Session], ColumnElement[bool]]:
        """Return the condition without Macs that changed after the page was seen."""
        return lambda session: self.condition(session) & (Registration.changed_at <= seen)


@dataclass(frozen=True, slots=True)
class SelectionPreview:
    """The preview of an act: its first Macs, and their number; `others` stay as they are."""

    macs: Sequence[Registration]
    number: int
    others: int
    why_not: str | None

    @classmethod
    def of(cls, session: Session, selection: Selection, visitor: Visitor) -> Self:
        """Return the preview of a visitor's act. Raises NoSuchBatch."""
        condition = selection.condition(session)
        macs, number = queries.first_of(session, condition, MAX_SHOWN)
        chosen = queries.first_of(session, selection.chosen(session), 0)[1]
        sites = queries.sites_of(session, condition)
        return cls(macs, number, chosen - number, _why_not(selection, number, sites, visitor))


def offers(session: Session, batch: int, visitor: Visitor) -> list[words.Offer]:
    """Return the acts on a whole batch, each with the reason why it cannot be done now."""
    found = []
    for verb in VERBS:
        selection = Selection.of_batch(verb, batch)
        condition = selection.condition(session)
        number = queries.first_of(session, condition, 0)[1]
        sites = queries.sites_of(session, condition)
        reason = _why_not(selection, number, sites, visitor)
        found.append(words.Offer(verb.value, _(verb.label), reason))
    return found


def _why_not(
    selection: Selection, number: int, sites: Sequence[str], visitor: Visitor
) -> str | None:
    if not number and selection.batch is not None:
        return _("There is no Mac of this batch for which that makes sense.")
    if not number:
        return _("There is no Mac for which that makes sense: tick others, or change the filters.")
    if number > MAX_AT_ONCE:
        return _(
            "More than {number} Macs are too many at once: set filters, such as a site.",
            number=MAX_AT_ONCE,
        )
    return why_not(visitor.permit, *sites)
