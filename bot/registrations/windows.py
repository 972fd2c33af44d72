"""Windows: what can be done with the Macs of a card, and with any Mac from its menu."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.models.views import View
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations import history, window_blocks
from bot.registrations.window_blocks import Selection
from bot.slack import modals, replies
from bot.slack.home_state import home_behind
from bot.slack.markup import Message, macs, moment, place, plain, undoable
from provisioning.firstboot import stalls
from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations import changes, queries
from provisioning.registrations import history as past
from provisioning.registrations.changes import MOST_AT_ONCE, NothingToDo, TooManyMacs
from provisioning.registrations.models import Mac, Operation, Registration
from provisioning.values.serials import Serial

MOST_OFFERED = 50  # Macs, while somebody types a part of a serial
_WINDOW = "window"  # what a listener leaves in the context for its lazy half
MOST_REMINDED = 20  # Macs: one message each
_PAST = {"move": "moved", "reimage": "reimaged", "cancel": "cancelled"}


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the buttons of cards, the menus of Macs, and the windows that they open."""
    listeners = WindowListeners(dependencies)
    buttons = re.compile("^card_(details|move|reimage|cancel|remind)$")
    app.action(buttons)(ack=listeners.pressed, lazy=[open_prepared, replies.later])
    app.action("mac")(ack=listeners.picked, lazy=[open_prepared, replies.later])
    app.action(window_blocks.LOOK)(ack=listeners.looked, lazy=[push_prepared, replies.later])
    app.options(window_blocks.WHICH)(listeners.named)
    app.options(window_blocks.LOOK)(listeners.named)
    app.view(window_blocks.ACT)(ack=listeners.submitted, lazy=[home.again])


class WindowListeners:
    """First halves of listeners: read the database, leave a window in the context, acknowledge."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies
        self._bulk = BulkActions(dependencies)

    def pressed(self, ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Prepare the window of a card's button."""
        verb = action["action_id"].removeprefix("card_")
        context[_WINDOW] = self._window(Selection(verb, card=int(action["value"])))
        ack()

    def picked(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Prepare the window of what was picked from a Mac's menu."""
        verb, _, serial = action["selected_option"]["value"].partition(":")
        home = home_behind(body.get("view") or {})
        context[_WINDOW] = self._window(Selection(verb, serial=serial, home=home))
        ack()

    def looked(self, ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Prepare the window of the Mac that was chosen in the window of a card."""
        with self._dependencies.database.reading() as session:
            context[_WINDOW] = _history(session, action["selected_option"]["value"])
        ack()

    def named(self, ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """Offer the Macs of the card that a window is about."""
        subject = Selection.of(body["view"])
        with self._dependencies.database.reading() as session:
            card = session.get_one(Card, subject.card)
            found = queries.among(session, card, payload.get("value", ""), limit=MOST_OFFERED)
        ack(options=window_blocks.options(found))

    def submitted(self, ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Do it to all that were chosen, in one operation."""
        subject, named = Selection.of(view), window_blocks.named(view)
        asker = Requester(body["user"]["id"], "card")
        if subject.verb == "remind":
            message = self._bulk.remind(subject, named, window_blocks.hours(view), asker)
        else:
            to = modals.chosen_destination(view["state"]["values"])
            message = self._bulk.carry_out(subject, named=named, to=to, asker=asker)
        ack(response_action="update", view=modals.outcome(message, home=subject.home))

    def _window(self, subject: Selection) -> View:
        """Return the window that a button or a menu opens. Raises RollcallError."""
        with self._dependencies.database.reading() as session:
            subject = self._bulk.narrowed(session, subject)
            if subject.verb == "details":
                return _details(session, subject)
            first, total = self._bulk.first(session, subject)
            if total == 1:  # the window shows this one, whatever the others become meanwhile
                subject = replace(subject, card=None, serial=first[0].serial)
            return window_blocks.asking(replace(subject, shown=total), first, total)


def open_prepared(
    client: WebClient, body: dict[str, Any], context: BoltContext, respond: Respond
) -> None:
    """Open the window that was prepared."""
    if _WINDOW in context:
        replies.open_window(client, body["trigger_id"], context[_WINDOW], respond)


def push_prepared(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
    """Put the window that was prepared on top of the one that is open."""
    if _WINDOW in context:
        client.views_push(trigger_id=body["trigger_id"], view=context[_WINDOW])


def _details(session: Session, subject: Selection) -> View:
    if subject.serial is not None:
        return _history(session, subject.serial)
    card = session.get_one(Card, subject.card)
    counts, first = queries.on_card(session, card, window_blocks.MOST_LISTED)
    total = sum(counts.values())
    head = f"{macs(total)} for {place(card.site, card.build)}"
    return window_blocks.members(subject, head, first, total)


def _history(session: Session, serial: str) -> View:
    return window_blocks.history(history.mac(past.of_mac(session, Serial.parse(serial))))


class BulkActions:
    """Operations on the Macs of a window: they are moved, re-imaged, cancelled; and reminders."""

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
        with self._dependencies.acting(_PAST[subject.verb], asker) as (session, operation):
            chosen = changes.lock(session, self._these(session, subject, named))
            _check(len(chosen))
            self._dependencies.permit(asker, *{mac.site for mac in chosen})
            number = _do(session, subject.verb, chosen, destination, operation)
        where = f" to {place(destination.site, destination.build)}" if destination else ""
        said = f"{macs(number)} {operation.what}{where}."
        if not named and subject.shown not in (None, len(chosen)):
            said += f" The window said {macs(subject.shown or 0)}: some have changed since."
        return undoable(plain(said), operation)

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
        return queries.to_be_done(card, named, finished=subject.verb == "reimage")

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
