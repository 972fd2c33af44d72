"""Listeners of windows: operations on the Macs of a card, and on one Mac from its menu."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk.models.views import View
from sqlalchemy.orm import Session

from bot.dependencies import BotDependencies, HomeRefresher
from bot.registrations import history
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import bulk, danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack import modals, payloads, replies
from bot.slack.home_state import home_behind
from bot.slack.markup import place
from bot.slack.replies import WINDOW
from provisioning.firstboot.replacements import replacing
from provisioning.maintenance.acts.verbs import Verb
from provisioning.monitoring.drift import drifts
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations.history import of_mac
from provisioning.values.language import _, macs
from provisioning.values.serials import Serial

MAX_OFFERED = 50  # Macs, while a person types a part of a serial


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the buttons of cards, the menus of Macs, and the windows that they open."""
    _open(app, dependencies)
    _show_macs(app, dependencies)

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
        ack(response_action="update", view=modals.outcome(message, home=selection.home))

    app.view(window_blocks.ACT)(ack=submit, lazy=[home.refresh])


def _open(app: App, dependencies: BotDependencies) -> None:
    """Prepare windows, and leave them in the context for the lazy half that opens them."""

    def open_from_card(ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        verb = action["action_id"].removeprefix("card_")
        selection = WindowSelection(verb, card=payloads.number(action["value"]))
        context[WINDOW] = _window(dependencies, selection)
        ack()

    def open_from_menu(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Prepare the window of an entry of a Mac's menu."""
        verb, _, serial = action["selected_option"]["value"].partition(":")
        home = home_behind(body.get("view") or {})
        context[WINDOW] = _window(dependencies, WindowSelection(verb, serial=serial, home=home))
        ack()

    buttons = re.compile(f"^card_({'|'.join(Verb)})$")
    app.action(buttons)(ack=open_from_card, lazy=[replies.open_prepared, replies.later])
    app.action("mac")(ack=open_from_menu, lazy=[replies.open_prepared, replies.later])


def _show_macs(app: App, dependencies: BotDependencies) -> None:
    """Offer the Macs of the card that a window is about, and show the history of one."""

    def offer_macs(ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        selection = WindowSelection.from_json(body["view"]["private_metadata"])
        with dependencies.database.reading() as session:
            card = session.get_one(Card, selection.card)
            matches = queries.among(session, card, payload.get("value", ""), limit=MAX_OFFERED)
        ack(options=window_blocks.options(matches))

    def show_mac(ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        with dependencies.database.reading() as session:
            context[WINDOW] = _history(session, action["selected_option"]["value"])
        ack()

    app.options(window_blocks.WHICH)(offer_macs)
    app.options(window_blocks.LOOK)(offer_macs)
    app.action(window_blocks.LOOK)(ack=show_mac, lazy=[replies.push_prepared, replies.later])


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
