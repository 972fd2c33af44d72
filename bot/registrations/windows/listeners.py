"""Listeners of windows: operations on the Macs of a card, and on one Mac from its menu."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk.models.views import View
from sqlalchemy.orm import Session

from bot.commands.dispatch import Dispatcher, Press
from bot.dependencies import BotDependencies
from bot.registrations import history
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import bulk, danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack import modals
from bot.slack.home_state import home_behind
from bot.slack.markup import place
from bot.slack.replies import OpenedWindow, PushedWindow
from provisioning.firstboot.replacements import replacing
from provisioning.maintenance.acts.verbs import Verb
from provisioning.monitoring.drift import drifts
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations.history import of_mac
from provisioning.values.language import _, macs
from provisioning.values.serials import Serial

MAX_OFFERED = 50  # Macs, while a person types a part of a serial


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the buttons of cards, the menus of Macs, and the windows that they open."""
    dependencies = dispatcher.dependencies
    _open(dispatcher)
    _show_macs(dispatcher)

    def submit(ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Move, re-image or cancel the chosen Macs in one operation, or enqueue reminders."""
        selection = WindowSelection.from_json(view["private_metadata"])
        serials, principal = window_blocks.named(view), dependencies.presser(body, "card")
        match selection.verb:
            case Verb.REMIND:
                hours = window_blocks.hours(view)
                message = bulk.remind(selection, serials, hours, principal)
            case Verb.MOVE:
                names = modals.chosen_destination(view)
                destination = dependencies.repo.now().destination(*names)
                message = bulk.apply(selection, serials, principal, destination)
            case _:
                message = bulk.apply(selection, serials, principal)
        outcome = modals.outcome(message, modals.title_of(view), home=selection.home)
        ack(response_action="update", view=outcome)

    dispatcher.app.view(window_blocks.ACT)(ack=submit, lazy=[dispatcher.home.refresh])


def _open(dispatcher: Dispatcher) -> None:
    """Open windows from cards and from the menus of Macs."""
    dependencies = dispatcher.dependencies

    def open_from_card(press: Press) -> OpenedWindow:
        verb = press.action["action_id"].removeprefix("card_")
        return OpenedWindow(_window(dependencies, WindowSelection(verb, card=press.number)))

    def open_from_menu(press: Press) -> OpenedWindow:
        """Open the window of an entry of a Mac's menu."""
        verb, _, serial = press.chosen.partition(":")
        home = home_behind(press.body.get("view") or {})
        return OpenedWindow(_window(dependencies, WindowSelection(verb, serial=serial, home=home)))

    dispatcher.answer_button(re.compile(f"^card_({'|'.join(Verb)})$"), open_from_card)
    dispatcher.answer_button("mac", open_from_menu)


def _show_macs(dispatcher: Dispatcher) -> None:
    """Offer the Macs of the card that a window is about, and show the history of one."""
    dependencies = dispatcher.dependencies

    def offer_macs(ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        selection = WindowSelection.from_json(body["view"]["private_metadata"])
        with dependencies.database.reading() as session:
            card = session.get_one(Card, selection.card)
            matches = queries.among(session, card, payload.get("value", ""), limit=MAX_OFFERED)
        ack(options=window_blocks.options(matches))

    def show_mac(press: Press) -> PushedWindow:
        with dependencies.database.reading() as session:
            return PushedWindow(_history(session, press.chosen))

    dispatcher.app.options(window_blocks.WHICH)(offer_macs)
    dispatcher.app.options(window_blocks.LOOK)(offer_macs)
    dispatcher.answer_button(window_blocks.LOOK, show_mac)


def _window(dependencies: BotDependencies, selection: WindowSelection) -> View:
    """Return the window that a button or a menu opens. Raises RollcallError."""
    with dependencies.database.reading() as session:
        selection = bulk.narrowed(session, selection)
        if selection.verb == Verb.DETAILS:
            return _details(session, selection)
        first, total = bulk.first(session, selection)
        if total == 1:  # the window shows this one, whatever the others become meanwhile
            selection = replace(selection, card=None, serial=first[0].serial)
        selection = replace(selection, shown=total)
        if selection.verb in danger_blocks.VERBS:
            return danger_blocks.asking(selection, first, total)
        return window_blocks.asking(selection, first, total, dependencies.kinds)


def _details(session: Session, selection: WindowSelection) -> View:
    if selection.serial is not None:
        return _history(session, selection.serial)
    card = session.get_one(Card, selection.card)
    counts, first = queries.on_card(session, card, window_blocks.MAX_LISTED)
    total = sum(counts.values())
    head = _("{macs} for {place}", macs=macs(total), place=place(card.site, card.build))
    return window_blocks.members(selection, head, first, total)


def _history(session: Session, serial: str) -> View:
    found = of_mac(session, Serial.parse(serial))
    swaps = replacing.unheard(session, registration_id=found.mac.id)
    shown = history.mac(found, drifts.of_mac(session, found.mac.id), swaps)
    return window_blocks.history(shown)
