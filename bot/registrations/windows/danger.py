"""Listeners of the windows of destructive operations."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.models.views import View

from bot.dependencies import BotDependencies, HomeRefresher
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import bulk, danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack import modals, payloads, replies
from bot.slack.markup import Message, plain
from bot.slack.replies import WINDOW
from infrastructure.text import whole_number
from provisioning.maintenance.acts.verbs import MAX_BY_BUTTON
from provisioning.maintenance.acts.words import is_number
from provisioning.values.language import _, marked

log = structlog.get_logger()

NOTHING = marked("Nothing was changed.")
OTHER_NUMBER = marked(
    "Nothing was changed: the window did not show what is chosen. Close it, and open it again."
)


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the red buttons, and for the number that is typed where the Macs are many.

    The outcome takes the window's place.
    """
    _answer_buttons(app, dependencies, home)

    def submit(ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Do it to all, where the number is the one that the window asked for."""
        selection = WindowSelection.from_json(view["private_metadata"])
        typed = str(payloads.answers_in(view).get(danger_blocks.NUMBER, {}).get("value"))
        if selection.shown is None or not is_number(typed, selection.shown):
            reason = f"{_('That is not {number}.', number=selection.shown)} {_(NOTHING)}"
            ack(response_action="errors", errors={danger_blocks.NUMBER: reason})
            return
        outcome = modals.outcome(_apply(dependencies, body), home=selection.home)
        outcome.clear_on_close = True  # the window below it is over, too
        ack(response_action="update", view=outcome)

    app.action(window_blocks.WHICH)(ack=replies.acknowledge, lazy=[show_number])
    app.view(danger_blocks.TYPED)(ack=submit, lazy=[home.refresh])


def _answer_buttons(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    def do_chosen(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Do it to the Macs that are chosen in the window."""
        serials = window_blocks.named(body["view"])
        if not _says_otherwise(body):
            done = _apply(dependencies, body, serials) if serials else plain(_(NOTHING))
            replies.leave(context, done)
        ack()

    def do_all(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Do it to all Macs of the window, or ask for their number where they are many."""
        selection = WindowSelection.from_json(body["view"]["private_metadata"])
        if _says_otherwise(body):
            ack()
            return
        if selection.card is not None and (selection.shown or 0) > MAX_BY_BUTTON:
            context[WINDOW] = danger_blocks.typing(selection)
        else:
            replies.leave(context, _apply(dependencies, body))
        ack()

    def do_nothing(ack: Ack, context: BoltContext) -> None:
        replies.leave(context, plain(_(NOTHING)))
        ack()

    after = [correct_number, replies.later, home.refresh]
    app.action(danger_blocks.CHOSEN)(ack=do_chosen, lazy=after)
    app.action(danger_blocks.ALL)(ack=do_all, lazy=[replies.push_prepared, *after])
    app.action(danger_blocks.NONE)(ack=do_nothing, lazy=[replies.later])


def _apply(
    dependencies: BotDependencies, body: dict[str, Any], serials: Sequence[str] = ()
) -> Message:
    selection = WindowSelection.from_json(body["view"]["private_metadata"])
    return bulk.apply(selection, serials, dependencies.presser(body, "card"))


def _says_otherwise(body: Mapping[str, Any]) -> bool:
    """True where the button that was pressed says another number of Macs than are chosen.

    What it says may be of before the last choice; then nothing is done.
    """
    number = whole_number(body["actions"][0]["value"])
    return number is not None and number != len(window_blocks.named(body["view"]))


def correct_number(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
    """Have a pressed button that says another number of Macs than are chosen say the right one."""
    if _says_otherwise(body):
        window = _with_number(body["view"])
        replies.show_window(client, body, context, window, instead=_(OTHER_NUMBER))


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
