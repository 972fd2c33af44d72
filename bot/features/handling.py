"""Doing one thing to one Mac, or to many of a card, in one act."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.blocks import answers
from bot.blocks.texts import Message, macs, moment, place, plain
from bot.blocks.windows import Subject
from bot.desk import Asker, Desk
from provisioning import acts, lookups, registrations, reminders
from provisioning.errors import RollcallError
from provisioning.models import Act, Card, Registration
from provisioning.munki import Destination
from provisioning.serials import Serial

MOST_REMINDED = 20  # Macs: one message each
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
        with self._desk.database.reading() as session:
            sites = {mac.site for mac in self.chosen(session, subject, named)}
        self._desk.permit(asker, *sites)
        with self._desk.acting(_PAST[subject.verb], asker) as (session, act):
            if subject.card is not None:
                acts.hold(session, Registration.card_id == subject.card)
            chosen = self.chosen(session, subject, named)
            self._desk.permit(asker, *{mac.site for mac in chosen})
            for mac in chosen:
                _do(session, subject.verb, mac, destination, act)
        where = f" to {place(destination.site, destination.build)}" if destination else ""
        return answers.undoable(plain(f"{macs(len(chosen))} {act.what}{where}."), act)

    def remind(self, subject: Subject, named: Sequence[str], hours: int, asker: Asker) -> Message:
        """Owe the asker a message about the Macs that are not done in so many hours."""
        now = self._desk.clock()
        due_at = now + timedelta(hours=hours)
        with self._desk.database.begin() as session:
            chosen = self.chosen(session, subject, named)
            for mac in chosen[:MOST_REMINDED]:
                reminders.remind(session, mac, asker.user, due_at, at=now)
        number = macs(min(len(chosen), MOST_REMINDED))
        return plain(f"You will be reminded of {number} {moment(due_at)}, if not done by then.")

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
