"""Listeners of the windows of operations that take something away."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import danger_blocks
from bot.registrations.windows.blocks import Selection
from bot.registrations.windows.listeners import BulkActions, push_prepared
from bot.slack import modals, replies
from bot.slack.markup import Message, plain
from bot.slack.replies import WINDOW
from provisioning.maintenance.acts.verbs import MOST_BY_BUTTON
from provisioning.values.language import _, marked

NOTHING = marked("Nothing was changed.")


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the red buttons, and for the number that is typed where the Macs are many."""
    listeners = DangerListeners(BulkActions(dependencies))
    after = [replies.later, home.refresh]
    app.action(danger_blocks.CHOSEN)(ack=listeners.do_chosen, lazy=after)
    app.action(danger_blocks.ALL)(ack=listeners.do_all, lazy=[push_prepared, *after])
    app.action(danger_blocks.NONE)(ack=listeners.leave, lazy=[replies.later])
    app.action(window_blocks.WHICH)(ack=replies.acknowledge, lazy=[show_number])
    app.view(danger_blocks.TYPED)(ack=listeners.submit, lazy=[home.refresh])


def show_number(client: WebClient, body: dict[str, Any]) -> None:
    """Have the red button say how many Macs are chosen; a choice alone changes nothing."""
    view = body["view"]
    window = danger_blocks.chosen(view, len(window_blocks.named(view)))
    client.views_update(view_id=view["id"], hash=view["hash"], view=window)


class DangerListeners:
    """Listeners of one window after the other; the outcome takes the window's place."""

    def __init__(self, bulk: BulkActions) -> None:
        self._bulk = bulk

    def do_chosen(self, ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Do it to the Macs that are chosen in the window."""
        named = window_blocks.named(body["view"])
        message = self._apply(body, named) if named else plain(NOTHING)
        replies.leave(context, message)
        ack()

    def do_all(self, ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Do it to all Macs of the window, or ask for their number where they are many."""
        selection = Selection.from_json(body["view"]["private_metadata"])
        if selection.card is not None and (selection.shown or 0) > MOST_BY_BUTTON:
            context[WINDOW] = danger_blocks.typing(selection)
        else:
            replies.leave(context, self._apply(body))
        ack()

    def leave(self, ack: Ack, context: BoltContext) -> None:
        """Do nothing, and say so."""
        replies.leave(context, plain(NOTHING))
        ack()

    def submit(self, ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Do it to all, where the number is the one that the window asked for."""
        selection = Selection.from_json(view["private_metadata"])
        typed = str(view["state"]["values"][danger_blocks.NUMBER][danger_blocks.NUMBER]["value"])
        if typed.strip() != str(selection.shown):
            reason = f"{_('That is not {number}.', number=selection.shown)} {_(NOTHING)}"
            ack(response_action="errors", errors={danger_blocks.NUMBER: reason})
            return
        outcome = modals.outcome(self._apply(body), home=selection.home)
        outcome.clear_on_close = True  # the window below it is over, too
        ack(response_action="update", view=outcome)

    def _apply(self, body: dict[str, Any], named: list[str] | None = None) -> Message:
        selection = Selection.from_json(body["view"]["private_metadata"])
        requester = Requester.of(body, "card")
        return self._bulk.apply(selection, named=named or [], names=("", ""), requester=requester)
