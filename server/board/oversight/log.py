"""The routes of the log: who did what, when, by which door, and the undo of it; for admins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request
from markupsafe import Markup

from infrastructure.text import Sentence, storable, whole_number
from provisioning.access.accounts import people
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.words import OPERATIONS, WAYS, action, way
from provisioning.registrations.listings import log
from provisioning.registrations.listings.log import LogEntry, LogFilters
from provisioning.registrations.models import BENCHED
from provisioning.registrations.operations import UNDOABLE
from provisioning.values.language import _, marked
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import NUMBER, address, see_other, time_element
from server.board.views import BoardPages, get, post
from server.board.words import Offer

PATH = "/board/log"
SEEING = Sentence("see who did what")
LONGEST = 255  # characters of a filter


@dataclass(frozen=True, slots=True)
class LogRow:
    """A row of the log: an operation in words, and the offer to undo it, where it can be."""

    entry: LogEntry
    who: str
    what: str
    how: str
    place: str
    undone: Markup | None
    undo: Offer | None


class LogPages(BoardPages):
    """The views of the log."""

    @get("/log")
    def log(self) -> Response:
        """The log of operations, the newest first, for admins.

        Fields `by`, `what` and `via` are filters; `before` is the number of an operation.
        """
        visitor = self._visitor
        visitor.permit_admin(SEEING)
        wanted = _wanted(request.args)
        before = whole_number(request.args.get("before", ""))
        with self._database.reading() as session:
            page = log.page(session, LogFilters(**wanted, before=before))
            actors = log.people(session)
            users = {*actors, *(entry.operation.undone_by for entry in page.entries)}
            names = people.names(session, users)
        at = self._clock()
        last = page.entries[-1].operation.id if page.entries else None
        return self._show(
            "oversight/log.html",
            rows=[_row(entry, names, visitor, at) for entry in page.entries],
            choices=_choices(wanted, actors, names),
            is_filtered=any(wanted.values()),
            wanted=wanted,
            newest=address(PATH, wanted) if before is not None else None,
            older=address(PATH, {**wanted, "before": last}) if page.has_more and last else None,
            done=_("Undone. The card in Slack is updated soon.")
            if "undone" in request.args
            else None,
        )

    @post(f"/log/undo/{NUMBER}")
    def undo_logged(self, number: int) -> Response:
        """Take back an operation of the log, within ten minutes."""
        changing.undo(number, self._principal)
        return see_other(address(PATH, {**_wanted(request.form), "undone": number}))


def _wanted(sent: Mapping[str, str]) -> dict[str, str]:
    return {name: storable(sent.get(name, ""), LONGEST) for name in ("by", "what", "via")}


def _choices(
    values: Mapping[str, str], actors: Sequence[str], names: words.Names
) -> Iterator[tuple[str, str, str, list[tuple[str, str]]]]:
    """The filters: their names, labels, present values, and the values to choose from."""
    whose = sorted((words.person(user, names), user) for user in actors)
    yield "by", _("Who"), values["by"], [(user, name) for name, user in whose]
    kinds = {**OPERATIONS, BENCHED: marked("opened a bench")}
    for name, label, texts in (("what", _("What"), kinds), ("via", _("How"), WAYS)):
        yield name, label, values[name], [(value, _(text)) for value, text in texts.items()]


def _row(entry: LogEntry, names: words.Names, visitor: Visitor, at: datetime) -> LogRow:
    operation = entry.operation
    undone = None
    if operation.undone_at is not None:
        who = words.person(operation.undone_by, names)
        undone = Markup("{}, {}").format(time_element(operation.undone_at), who)
    is_recent = at - operation.at <= UNDOABLE
    is_undoable = is_recent and undone is None and operation.what != "undone"
    return LogRow(
        entry,
        who=words.person(operation.by, names),
        what=action(operation, entry.macs),
        how=way(operation),
        place=words.place(entry.site, entry.build) if entry.site or entry.build else "–",
        undone=undone,
        undo=words.undo_offer(operation, visitor, at) if is_undoable else None,
    )
