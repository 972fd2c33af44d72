"""Doing one thing to one Mac, or to many of a card, in one act."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.blocks import answers
from bot.blocks.texts import Message, macs, place, plain
from bot.blocks.windows import Subject
from bot.desk import Asker, Desk
from provisioning import lookups, registrations
from provisioning.errors import RollcallError
from provisioning.models import Act, Card, Registration
from provisioning.munki import Destination
from provisioning.serials import Serial

MOST_AT_ONCE = 500  # Macs, in one transaction while somebody waits
_PAST = {"move": "moved", "reimage": "reimaged", "cancel": "cancelled"}


class TooManyMacs(RollcallError):
    """More Macs than can be changed while somebody waits."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} Macs are too many at once; name up to {MOST_AT_ONCE} of them.")


class NothingToDo(RollcallError):
    """A card of which no Mac is in a state for that."""

    def __init__(self) -> None:
        super().__init__("No Mac of this card is in a state for that; name the ones you mean.")


class Handling:
    """Moves, re-images and cancels what a window is about."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def carry_out(
        self, subject: Subject, *, named: Sequence[str], to: tuple[str, str], asker: Asker
    ) -> Message:
        """Do it to the Macs `named`, or to all it makes sense for. Raises RollcallError."""
        destination = self._desk.repo.destination(*to) if subject.verb == "move" else None
        if destination is not None:
            self._desk.permit(asker, destination.site)
        with self._desk.acting(_PAST[subject.verb], asker) as (session, act):
            chosen = self.chosen(session, subject, named)
            self._desk.permit(asker, *{mac.site for mac in chosen})
            for mac in chosen:
                _do(session, subject.verb, mac, destination, act)
        where = f" to {place(destination.site, destination.build)}" if destination else ""
        return answers.undoable(plain(f"{macs(len(chosen))} {act.what}{where}."), act)

    def chosen(
        self, session: Session, subject: Subject, named: Sequence[str] = ()
    ) -> Sequence[Registration]:
        """Return the Macs that it would be done to.

        Raises NotRegistered, NothingToDo or TooManyMacs.
        """
        if subject.serial is not None:
            return [registrations.opened(session, Serial.parse(subject.serial))]
        card = session.get_one(Card, subject.card)
        chosen = lookups.open_on(session, card, named, done=subject.verb == "reimage")
        if not chosen:
            raise NothingToDo
        if len(chosen) > MOST_AT_ONCE:
            raise TooManyMacs(len(chosen))
        return chosen

    def narrowed(self, session: Session, subject: Subject) -> Subject:
        """A card of one Mac is that Mac."""
        if subject.card is None:
            return subject
        _, first = lookups.on_card(session, session.get_one(Card, subject.card), 2)
        return replace(subject, card=None, serial=first[0].serial) if len(first) == 1 else subject


def _do(
    session: Session, verb: str, mac: Registration, destination: Destination | None, act: Act
) -> None:
    serial = Serial.parse(mac.serial)
    if destination is not None:
        registrations.reassign(session, serial, destination, act=act)
    elif verb == "reimage":
        registrations.reimage(session, serial, act=act)
    else:
        registrations.cancel(session, serial, act=act)
