"""Listeners of the windows of destructive operations."""

from collections.abc import Sequence
from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.models.views import View

from bot.commands.dispatch import Dispatcher, Press
from bot.dependencies import BotDependencies
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import bulk, danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack import modals, payloads, replies
from bot.slack.markup import Message, plain
from bot.slack.replies import Answer, PushedWindow, ShownWindow
from infrastructure.text import whole_number
from provisioning.maintenance.acts.verbs import MAX_BY_BUTTON
from provisioning.maintenance.acts.words import is_number
from provisioning.values.language import _, marked

log = structlog.get_logger()

NOTHING = marked("Nothing was changed.")
OTHER_NUMBER = marked(
    "Nothing was changed: the window did not show what is chosen. Close it, and open it again."
)


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the red buttons, and for the number that is typed where the Macs are many.

    The outcome takes the window's place.
    """
    dependencies = dispatcher.dependencies
    _answer_buttons(dispatcher)

    def submit(ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Cancel or image again all Macs, where the number is the one that the window asked for."""
        selection = WindowSelection.from_json(view["private_metadata"])
        typed = str(payloads.answers_in(view).get(danger_blocks.NUMBER, {}).get("value"))
        if selection.shown is None or not is_number(typed, selection.shown):
            reason = f"{_('That is not {number}.', number=selection.shown)} {_(NOTHING)}"
            ack(response_action="errors", errors={danger_blocks.NUMBER: reason})
            return
        done, title = _apply(dependencies, body), modals.title_of(view)
        outcome = modals.outcome(done, title, home=selection.home)
        outcome.clear_on_close = True  # the window below it is over, too
        ack(response_action="update", view=outcome)

    dispatcher.app.action(window_blocks.WHICH)(ack=replies.acknowledge, lazy=[show_number])
    dispatcher.app.view(danger_blocks.TYPED)(ack=submit, lazy=[dispatcher.home.refresh])


def _answer_buttons(dispatcher: Dispatcher) -> None:
    dependencies, refresh = dispatcher.dependencies, dispatcher.home.refresh

    def do_chosen(press: Press) -> Answer:
        """Cancel or image again the Macs that are chosen in the window."""
        serials = window_blocks.named(press.body["view"])
        if _says_otherwise(press):
            return _with_right_number(press)
        return _apply(dependencies, press.body, serials) if serials else plain(_(NOTHING))

    def do_all(press: Press) -> Answer:
        """Cancel or image again all Macs of the window, or ask how many where they are many."""
        selection = WindowSelection.from_json(press.body["view"]["private_metadata"])
        if _says_otherwise(press):
            return _with_right_number(press)
        if selection.card is not None and (selection.shown or 0) > MAX_BY_BUTTON:
            return PushedWindow(danger_blocks.typing(selection))
        return _apply(dependencies, press.body)

    def do_nothing(__: Press) -> Message:
        return plain(_(NOTHING))

    dispatcher.answer_button(danger_blocks.CHOSEN, do_chosen, refresh)
    dispatcher.answer_button(danger_blocks.ALL, do_all, refresh)
    dispatcher.answer_button(danger_blocks.NONE, do_nothing)


def _apply(
    dependencies: BotDependencies, body: dict[str, Any], serials: Sequence[str] = ()
) -> Message:
    selection = WindowSelection.from_json(body["view"]["private_metadata"])
    return bulk.apply(selection, serials, dependencies.presser(body, "card"))


def _says_otherwise(press: Press) -> bool:
    """True where the button that was pressed says another number of Macs than are chosen.

    The button may be older than the last choice; then nothing is done.
    """
    number = whole_number(press.action["value"])
    return number is not None and number != len(window_blocks.named(press.body["view"]))


def _with_right_number(press: Press) -> ShownWindow:
    return ShownWindow(_with_number(press.body["view"]), _(OTHER_NUMBER))


def show_number(client: WebClient, body: dict[str, Any]) -> None:
    """Have the red button say how many Macs are chosen; a choice alone changes nothing.

    Of two choices in a moment Slack refuses one (`hash_conflict`), and that of a closed window.
    """
    view = body["view"]
    try:
        client.views_update(view_id=view["id"], hash=view["hash"], view=_with_number(view))
    except (SlackClientError, OSError) as error:
        log.info("number not shown", reason=replies.reason_of(error))


def _with_number(view: dict[str, Any]) -> View:
    return danger_blocks.chosen(view, len(window_blocks.named(view)))
