"""Operations on the Macs of a window: they are moved, re-imaged, cancelled; and reminders."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from bot.registrations.windows.blocks import WindowSelection
from bot.slack.buttons import undoable
from bot.slack.markup import Message, moment, place, plain
from provisioning.firstboot import stalls
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.verbs import Verb
from provisioning.maintenance.acts.words import outcome
from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.values.language import _, macs, ngettext
from provisioning.values.serials import Serial

MAX_REMINDED = 20  # Macs: one message each


def apply(
    selection: WindowSelection,
    serials: Sequence[str],
    principal: Principal,
    destination: Destination | None = None,
) -> Message:
    """Change the Macs of these serials, or without any, all for which it makes sense.

    `destination` is that of a move. Raises RollcallError.
    """
    changed = changing.change(
        selection.verb,
        lambda session: _condition(session, selection, serials),
        destination,
        principal,
    )
    target = place(destination.site, destination.build) if destination else ""
    sentence = outcome(changed.operation.what, len(changed.macs), target)
    if not serials and selection.shown not in (None, changed.looked_at):
        shown = macs(selection.shown or 0)
        since = _("The window said {macs}: some have changed since.", macs=shown)
        sentence = f"{sentence} {since}"
    return undoable(plain(sentence), changed.operation)


def remind(
    selection: WindowSelection, serials: Sequence[str], hours: int, principal: Principal
) -> Message:
    """Enqueue a message to the person about the Macs not done in so many `hours`."""
    now = principal.at
    due_at = now + timedelta(hours=hours)
    with principal.database.begin() as session:
        registrations, _number = first(session, selection, serials, limit=MAX_REMINDED)
        for mac in registrations:
            stalls.remind(session, mac, principal.actor.by, due_at, at=now)
    return plain(
        ngettext(
            "You will be reminded of {number} Mac {moment}, if not done by then.",
            "You will be reminded of {number} Macs {moment}, if not done by then.",
            len(registrations),
            moment=moment(due_at),
        )
    )


def first(
    session: Session, selection: WindowSelection, serials: Sequence[str] = (), *, limit: int = 1
) -> tuple[Sequence[Registration], int]:
    """Return the first Macs that would be changed, and the number of them all.

    Raises NotRegistered, NothingToDo or TooManyMacs.
    """
    condition = _condition(session, selection, serials)
    registrations, number = queries.first_of(session, condition, limit)
    changing.check_number(number)
    return registrations, number


def narrowed(session: Session, selection: WindowSelection) -> WindowSelection:
    """Return a selection of the Mac itself where its card has only one."""
    if selection.card is None:
        return selection
    _counts, registrations = queries.on_card(session, session.get_one(Card, selection.card), 2)
    if len(registrations) != 1:
        return selection
    return replace(selection, card=None, serial=registrations[0].serial)


def _condition(
    session: Session, selection: WindowSelection, serials: Sequence[str]
) -> ColumnElement[bool]:
    """The condition for the Macs of a window. Raises NotRegistered, with near misses."""
    if selection.serial is not None:
        mac = queries.get_open(session, Serial.parse(selection.serial), lock=True)
        return Registration.id == mac.id
    card = session.get_one(Card, selection.card)
    return queries.to_be_done(card, serials, finished=selection.verb == Verb.REIMAGE)
