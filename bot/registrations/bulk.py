"""Doing one thing to one Mac, or to many of a card, in one act."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.dependencies import BotDependencies, Requester
from bot.registrations.window_blocks import Selection
from bot.slack.markup import Message, macs, moment, place, plain, undoable
from provisioning.firstboot import stalls
from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations import changes, queries
from provisioning.registrations.changes import MOST_AT_ONCE, NothingToDo, TooManyMacs
from provisioning.registrations.models import Mac, Operation, Registration
from provisioning.values.serials import Serial

MOST_REMINDED = 20  # Macs: one message each
_PAST = {"move": "moved", "reimage": "reimaged", "cancel": "cancelled"}


class Handling:
    """Moves, re-images and cancels what a window is about."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def carry_out(
        self, subject: Selection, *, named: Sequence[str], to: tuple[str, str], asker: Requester
    ) -> Message:
        """Do it to the Macs `named`, or to all it makes sense for. Raises RollcallError."""
        destination = self._dependencies.repo.destination(*to) if subject.verb == "move" else None
        if destination is not None:
            self._dependencies.permit(asker, destination.site)
        with self._dependencies.database.reading() as session:
            these = self._these(session, subject, named)
            sites = session.scalars(select(Registration.site).where(these).distinct()).all()
        self._dependencies.permit(asker, *sites)
        with self._dependencies.acting(_PAST[subject.verb], asker) as (session, act):
            chosen = changes.lock(session, self._these(session, subject, named))
            _check(len(chosen))
            self._dependencies.permit(asker, *{mac.site for mac in chosen})
            number = _do(session, subject.verb, chosen, destination, act)
        where = f" to {place(destination.site, destination.build)}" if destination else ""
        said = f"{macs(number)} {act.what}{where}."
        if not named and subject.shown not in (None, len(chosen)):
            said += f" The window said {macs(subject.shown or 0)}: some have changed since."
        return undoable(plain(said), act)

    def remind(
        self, subject: Selection, named: Sequence[str], hours: int, asker: Requester
    ) -> Message:
        """Owe the asker a message about the Macs that are not done in so many hours."""
        now = self._dependencies.clock()
        due_at = now + timedelta(hours=hours)
        with self._dependencies.database.begin() as session:
            first, _ = self.first(session, subject, named, most=MOST_REMINDED)
            for mac in first:
                stalls.remind(session, mac, asker.user, due_at, at=now)
        number = macs(len(first))
        return plain(f"You will be reminded of {number} {moment(due_at)}, if not done by then.")

    def first(
        self, session: Session, subject: Selection, named: Sequence[str] = (), *, most: int = 1
    ) -> tuple[Sequence[Registration], int]:
        """Return the first `most` Macs that it would be done to, and how many there are.

        Raises NotRegistered, NothingToDo or TooManyMacs.
        """
        found, number = queries.first_of(session, self._these(session, subject, named), most)
        _check(number)
        return found, number

    def _these(
        self, session: Session, subject: Selection, named: Sequence[str]
    ) -> ColumnElement[bool]:
        """The Macs that a window is about. Raises NotRegistered, with near misses."""
        if subject.serial is not None:
            mac = queries.get_open(session, Serial.parse(subject.serial), lock=True)
            return Registration.id == mac.id
        card = session.get_one(Card, subject.card)
        return queries.to_be_done(card, named, done=subject.verb == "reimage")

    def narrowed(self, session: Session, subject: Selection) -> Selection:
        """A card of one Mac is that Mac."""
        if subject.card is None:
            return subject
        _, first = queries.on_card(session, session.get_one(Card, subject.card), 2)
        return replace(subject, card=None, serial=first[0].serial) if len(first) == 1 else subject


def _check(number: int) -> None:
    if not number:
        raise NothingToDo
    if number > MOST_AT_ONCE:
        raise TooManyMacs(number)


def _do(
    session: Session,
    verb: str,
    macs: Sequence[Mac],
    destination: Destination | None,
    operation: Operation,
) -> int:
    """Returns how many Macs were changed."""
    if destination is not None:
        return len(changes.move(session, macs, destination, operation))
    change = changes.reimage if verb == "reimage" else changes.cancel
    return len(changes.apply(session, macs, change, operation))
