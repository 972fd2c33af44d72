"""The routes of batches: all of them, and one with its Macs and the operations on them."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, request

from provisioning.access.accounts import people
from provisioning.imports.dry_run import MOVED, NEW
from provisioning.imports.models import READING, Import
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.words import OPERATIONS, tally, way
from provisioning.registrations import queries
from provisioning.registrations.listings import batches
from provisioning.registrations.models import Operation, Registration
from provisioning.values.language import _, capitalized, macs
from server.auth.browsers import Visitor
from server.board import words
from server.board.intake.views import IntakePages
from server.board.pages import NUMBER, see_other
from server.board.registrations import selection
from server.board.registrations.done import DoneAct
from server.board.views import get, post

PAGE = 50  # batches
MACS = 200  # of a batch on a page
MAX_OPERATIONS = 50


class BatchPages(IntakePages):
    """The views of batches: Macs that were registered together for one place."""

    @get("/batches")
    def batches(self) -> Response:
        """The dry runs that are open and all batches, the newest first, for browsers."""
        before = request.args.get("before", type=int)
        if before is not None and not 0 < before < 2**31:
            before = None
        waiting = [] if before else self._waiting()
        with self._database.reading() as session:
            found = batches.newest(session, before=before, limit=PAGE + 1)
            cards = found[:PAGE]
            tallies = batches.tallies(session, cards)
            by = [each.by for each in waiting] + [card.registered_by for card in cards]
            names = people.names(session, by)
        return self._show(
            "intake/batches.html",
            waiting=[(each, words.person(each.by, names), _state_of(each)) for each in waiting],
            batches=[
                (
                    card,
                    words.person(card.registered_by, names),
                    macs(sum(tallies.get(card.id, {}).values())),
                    tally(tallies.get(card.id, {})),
                )
                for card in cards
            ],
            before=before,
            following=cards[-1].id if len(found) > PAGE else None,
        )

    @get(f"/batches/{NUMBER}")
    def batch(self, number: int) -> Response:
        """One batch, for browsers: its Macs and their states, and what was done with them."""
        visitor = self._visitor
        page = max(0, request.args.get("page", 0, type=int))
        with self._database.reading() as session:
            card = batches.get(session, number)
            done_now = DoneAct.read(session, request.args, visitor, self._clock())
            offers = selection.offers(session, card.id, visitor)
            on_it = Registration.card_id == card.id
            page = min(page, 10_000)
            on_page, total = queries.first_of(session, on_it, MACS, page * MACS)
            counts = queries.tally(session, card)
            done = batches.operations_of(session, card, limit=MAX_OPERATIONS)
            by = [card.registered_by, *(operation.by for operation, _ in done)]
            names = people.names(session, by)
        return self._show(
            "intake/batch.html",
            card=card,
            done=done_now,
            offers=offers,
            total=total,
            tally=tally(counts),
            macs=[(mac, mac.seen_as) for mac in on_page],
            operations=[(each, _line(each, number, names)) for each, number in done],
            undo=_undo(done, visitor, self._clock()),
            registered_by=words.person(card.registered_by, names),
            page=page,
            last=max(0, (total - 1) // MACS),
        )

    @post(f"/batches/{NUMBER}/undo/<int(max=2147483647):operation>")
    def undo_for_batch(self, number: int, operation: int) -> Response:
        """Take back an operation, within ten minutes, on all Macs that it changed."""
        changing.undo(operation, self._principal)
        return see_other(f"/board/batches/{number}")


def _undo(
    done: Sequence[tuple[Operation, int]], visitor: Visitor, at: datetime
) -> tuple[Operation, words.Offer] | None:
    """The offer to undo the newest operation, unless it is an undo itself."""
    newest = next((operation for operation, _macs in done), None)
    if newest is None or newest.what == "undone":
        return None
    return newest, words.undo_offer(newest, visitor, at)


def _line(operation: Operation, number: int, names: words.Names) -> str:
    word = OPERATIONS.get(operation.what)
    line = _(
        "{deed}: {macs}, by {person} ({way})",
        deed=capitalized(_(word) if word else operation.what),
        macs=macs(number),
        person=words.person(operation.by, names),
        way=way(operation),
    )
    return line if operation.undone_at is None else f"{line} – {_('undone')}"


def _state_of(imported: Import) -> str:
    if imported.state == READING:
        return _("being read")
    counts = (imported.shown or {}).get("counts", {})
    return _("{macs} ready", macs=macs(counts.get(NEW, 0) + counts.get(MOVED, 0)))
