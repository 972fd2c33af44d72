"""Listeners of windows: operations on the Macs of a card, and on one Mac from its menu."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.models.views import View
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations import history
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import danger_blocks
from bot.registrations.windows.blocks import Selection
from bot.slack import modals, payloads, replies
from bot.slack.buttons import undoable
from bot.slack.home_state import home_behind
from bot.slack.markup import Message, macs, moment, place, plain
from bot.slack.replies import WINDOW
from provisioning.firstboot import stalls
from provisioning.firstboot.replacements import replacing
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.verbs import Verb
from provisioning.maintenance.acts.words import outcome
from provisioning.monitoring.drift import drifts
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations.history import of_mac
from provisioning.registrations.models import Registration
from provisioning.values.language import _, ngettext
from provisioning.values.serials import Serial

MOST_OFFERED = 50  # Macs, while a person types a part of a serial
MOST_REMINDED = 20  # Macs: one message each


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the buttons of cards, the menus of Macs, and the windows that they open."""
    listeners = WindowListeners(dependencies)
    buttons = re.compile(f"^card_({'|'.join(Verb)})$")
    app.action(buttons)(ack=listeners.open_from_card, lazy=[replies.open_prepared, replies.later])
    app.action("mac")(ack=listeners.open_from_menu, lazy=[replies.open_prepared, replies.later])
    app.action(window_blocks.LOOK)(ack=listeners.show_mac, lazy=[push_prepared, replies.later])
    app.options(window_blocks.WHICH)(listeners.offer_macs)
    app.options(window_blocks.LOOK)(listeners.offer_macs)
    app.view(window_blocks.ACT)(ack=listeners.submit, lazy=[home.refresh])


class WindowListeners:
    """Listeners that prepare a window: they read the database, and acknowledge.

    The window is left in the context, for the lazy half that opens it.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies
        self._bulk = BulkActions(dependencies)

    def open_from_card(self, ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Prepare the window of a card's button."""
        verb = action["action_id"].removeprefix("card_")
        context[WINDOW] = self._window(Selection(verb, card=payloads.number(action["value"])))
        ack()

    def open_from_menu(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Prepare the window of an entry of a Mac's menu."""
        verb, _, serial = action["selected_option"]["value"].partition(":")
        home = home_behind(body.get("view") or {})
        context[WINDOW] = self._window(Selection(verb, serial=serial, home=home))
        ack()

    def show_mac(self, ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Prepare the window of the Mac that was chosen in the window of a card."""
        with self._dependencies.database.reading() as session:
            context[WINDOW] = _history(session, action["selected_option"]["value"])
        ack()

    def offer_macs(self, ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """Offer the Macs of the card that a window is about."""
        selection = Selection.from_json(body["view"]["private_metadata"])
        with self._dependencies.database.reading() as session:
            card = session.get_one(Card, selection.card)
            matches = queries.among(session, card, payload.get("value", ""), limit=MOST_OFFERED)
        ack(options=window_blocks.options(matches))

    def submit(self, ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Move, re-image or cancel the chosen Macs in one operation, or enqueue reminders."""
        selection = Selection.from_json(view["private_metadata"])
        named = window_blocks.named(view)
        requester = Requester.of(body, "card")
        if selection.verb == Verb.REMIND:
            message = self._bulk.remind(selection, named, window_blocks.hours(view), requester)
        else:
            names = modals.chosen_destination(view["state"]["values"])
            message = self._bulk.apply(selection, named=named, names=names, requester=requester)
        ack(response_action="update", view=modals.outcome(message, home=selection.home))

    def _window(self, selection: Selection) -> View:
        """Return the window that a button or a menu opens. Raises RollcallError."""
        with self._dependencies.database.reading() as session:
            selection = self._bulk.narrowed(session, selection)
            if selection.verb == Verb.DETAILS:
                return _details(session, selection)
            first, total = self._bulk.first(session, selection)
            if total == 1:  # the window shows this one, whatever the others become meanwhile
                selection = replace(selection, card=None, serial=first[0].serial)
            selection = replace(selection, shown=total)
            if selection.verb in danger_blocks.VERBS:
                return danger_blocks.asking(selection, first, total)
            return window_blocks.asking(selection, first, total, self._dependencies.kinds)


def push_prepared(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
    """Put the window that was prepared on top of the one that is open."""
    if WINDOW in context:
        client.views_push(trigger_id=body["trigger_id"], view=context[WINDOW])


def _details(session: Session, selection: Selection) -> View:
    if selection.serial is not None:
        return _history(session, selection.serial)
    card = session.get_one(Card, selection.card)
    counts, first = queries.on_card(session, card, window_blocks.MOST_LISTED)
    total = sum(counts.values())
    head = _("{macs} for {place}", macs=macs(total), place=place(card.site, card.build))
    return window_blocks.members(selection, head, first, total)


def _history(session: Session, serial: str) -> View:
    found = of_mac(session, Serial.parse(serial))
    swaps = replacing.unheard(session, registration_id=found.mac.id)
    shown = history.mac(found, drifts.of_mac(session, found.mac.id), swaps)
    return window_blocks.history(shown)


class BulkActions:
    """Operations on the Macs of a window: they are moved, re-imaged, cancelled; and reminders."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def apply(
        self,
        selection: Selection,
        *,
        named: Sequence[str],
        names: tuple[str, str],
        requester: Requester,
    ) -> Message:
        """Change the Macs `named`, or all for which it makes sense. Raises RollcallError.

        `names` are the site and the build of a move.
        """
        destination = None
        if selection.verb == Verb.MOVE:
            destination = self._dependencies.repo.now().destination(*names)
        changed = changing.change(
            self._dependencies.database,
            selection.verb,
            lambda session: self._condition(session, selection, named),
            destination,
            self._dependencies.principal(requester),
        )
        target = place(destination.site, destination.build) if destination else ""
        sentence = outcome(changed.operation.what, len(changed.macs), target)
        if not named and selection.shown not in (None, changed.looked_at):
            said = macs(selection.shown or 0)
            since = _("The window said {macs}: some have changed since.", macs=said)
            sentence = f"{sentence} {since}"
        return undoable(plain(sentence), changed.operation)

    def remind(
        self, selection: Selection, named: Sequence[str], hours: int, requester: Requester
    ) -> Message:
        """Enqueue a message to the requester about the Macs not done in so many `hours`."""
        now = self._dependencies.clock()
        due_at = now + timedelta(hours=hours)
        with self._dependencies.database.begin() as session:
            first, _ = self.first(session, selection, named, most=MOST_REMINDED)
            for mac in first:
                stalls.remind(session, mac, requester.user, due_at, at=now)
        return plain(
            ngettext(
                "You will be reminded of {number} Mac {moment}, if not done by then.",
                "You will be reminded of {number} Macs {moment}, if not done by then.",
                len(first),
                moment=moment(due_at),
            )
        )

    def first(
        self, session: Session, selection: Selection, named: Sequence[str] = (), *, most: int = 1
    ) -> tuple[Sequence[Registration], int]:
        """Return the first `most` Macs that it would be done to, and how many there are.

        Raises NotRegistered, NothingToDo or TooManyMacs.
        """
        registrations, number = queries.first_of(
            session, self._condition(session, selection, named), most
        )
        changing.check_number(number)
        return registrations, number

    def _condition(
        self, session: Session, selection: Selection, named: Sequence[str]
    ) -> ColumnElement[bool]:
        """The condition for the Macs of a window. Raises NotRegistered, with near misses."""
        if selection.serial is not None:
            mac = queries.get_open(session, Serial.parse(selection.serial), lock=True)
            return Registration.id == mac.id
        card = session.get_one(Card, selection.card)
        return queries.to_be_done(card, named, finished=selection.verb == Verb.REIMAGE)

    def narrowed(self, session: Session, selection: Selection) -> Selection:
        """Return a selection of the Mac itself where its card has only one."""
        if selection.card is None:
            return selection
        _, first = queries.on_card(session, session.get_one(Card, selection.card), 2)
        return (
            replace(selection, card=None, serial=first[0].serial) if len(first) == 1 else selection
        )
