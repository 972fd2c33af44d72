"""Listeners of the window with the rows of a dry run."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from slack_bolt import Ack, App, Respond
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.dependencies import BotDependencies, Requester
from bot.imports import dry_run_blocks, dry_run_buttons
from bot.imports.editing import alike_blocks, edit_window
from bot.imports.editing.edit_actions import EditActions
from bot.imports.editing.edit_window import Notice
from bot.imports.editing.window_state import WindowState
from bot.slack import payloads, replies
from bot.slack.markup import escape
from bot.slack.replies import WINDOW
from provisioning.imports.edits import changes
from provisioning.imports.edits.changes import Draft, InvalidRow, RowsChanged
from provisioning.imports.edits.words import CHANGED_MEANWHILE
from provisioning.imports.models import READ
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.intake import Plan
from provisioning.values.language import _, capitalized, worded
from provisioning.values.serials import InvalidSerial

log = structlog.get_logger()

_DRAWN = "rows_drawn"  # a key of the context


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the button that opens the window, and for everything in it."""
    listeners = _Listeners(dependencies)
    lazy = [show_prepared, listeners.redraw, replies.later]
    app.action(dry_run_buttons.EDIT)(
        ack=listeners.open, lazy=[replies.open_prepared, replies.later]
    )
    app.view(edit_window.SAVE)(ack=listeners.save, lazy=[listeners.redraw])
    app.action(re.compile(f"^{edit_window.TURN}-[0-9]+$"))(ack=listeners.turn, lazy=lazy)
    app.action(edit_window.UNDO)(ack=listeners.undo, lazy=lazy)
    app.action(alike_blocks.TAKE_OFF)(ack=listeners.take_off, lazy=lazy)
    app.action(re.compile("^alike_(site|build)-"))(ack=listeners.send_alike, lazy=lazy)
    app.action(re.compile("^alike_(take|out)-"))(ack=listeners.decide_alike, lazy=lazy)
    app.action(re.compile("^row_(site|build|decision)-"))(replies.acknowledge)


class _Listeners:
    """The listeners of the window; the next window is left in the context, for the lazy half."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies, self._actions = dependencies, EditActions(dependencies)

    def open(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Prepare the window on the first page of an import's rows."""
        import_id = payloads.number(action["value"])
        is_card = self._actions.shown(import_id).card_id is not None
        reply = None if is_card else body.get("response_url")
        context[WINDOW] = self._actions.window(WindowState(import_id, reply=reply))
        ack()

    def save(
        self, ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Save the rows of the window, and show them as they are then."""
        state = WindowState.of(view)
        drafts = state.drafts(view)
        try:
            self._save(state, drafts, body)
        except InvalidRow as error:
            versions = {number: version for number, version, _ in state.rows}
            block = edit_window.serial_block(error.number, versions.get(error.number, 0))
            ack(response_action="errors", errors={block: _sentence(error)})
            return
        except RowsChanged as error:
            notice = Notice(_(CHANGED_MEANWHILE), error.numbers)
            ack(
                response_action="update",
                view=self._actions.window(state, notice=notice, drafts=drafts),
            )
            return
        self._leave_drawn(context, state)
        ack(response_action="update", view=self._actions.window(state))

    def turn(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Save the rows of a page, and turn to another one."""
        state = WindowState.of(body["view"])
        drafts = state.drafts(body["view"])
        try:
            self._save(state, drafts, body)
        except (InvalidRow, RowsChanged) as error:
            numbers = error.numbers if isinstance(error, RowsChanged) else {error.number}
            text = (
                _(CHANGED_MEANWHILE)
                if isinstance(error, RowsChanged)
                else _("Nothing was saved: {error}", error=escape(_sentence(error)))
            )
            notice = Notice(text, frozenset(numbers))
            context[WINDOW] = self._actions.window(state, notice=notice, drafts=drafts)
        else:
            self._leave_drawn(context, state)
            turned = WindowState(
                state.import_id, payloads.number(action["value"]), reply=state.reply
            )
            context[WINDOW] = self._actions.window(turned)
        ack()

    def undo(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Undo the newest edit."""
        state = WindowState.of(body["view"])
        edit_id = payloads.number(action["value"])
        self._dependencies.intake.undo_edit(state.import_id, self._principal(body), edit_id)
        self._leave_drawn(context, state)
        context[WINDOW] = self._actions.window(state)
        ack()

    def take_off(self, ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Take a scanner's S off all serials."""
        self._alike(ack, body, context, changes.without_s)

    def send_alike(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Choose a site or a build for all rows with an unknown name."""
        unknown = action["action_id"].partition("-")[2]
        name = action["selected_option"]["value"]
        plan = partial(changes.destined, unknown=unknown, name=name)
        self._alike(ack, body, context, plan)

    def decide_alike(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Take or leave out all rows with one doubt, or with one unknown name."""
        verb, _, alike = action["action_id"].partition("-")
        plan = partial(changes.decided, alike=alike, decision=verb.removeprefix("alike_"))
        self._alike(ack, body, context, plan)

    def _principal(self, body: dict[str, Any]) -> Principal:
        return self._dependencies.principal(Requester.of(body))

    def _save(self, state: WindowState, drafts: Sequence[Draft], body: dict[str, Any]) -> None:
        """Save what a person filled in. Raises RowsChanged, InvalidRow, NotAllowed and NotOpen."""
        plan = partial(changes.of_drafts, drafts=drafts)
        self._dependencies.intake.edit(state.import_id, self._principal(body), plan)

    def _alike(self, ack: Ack, body: dict[str, Any], context: BoltContext, plan: Plan) -> None:
        """Change many rows; what is filled in and not saved stays in the window."""
        state = WindowState.of(body["view"])
        self._dependencies.intake.edit(state.import_id, self._principal(body), plan)
        self._leave_drawn(context, state)
        context[WINDOW] = self._actions.window(state)
        ack()

    def redraw(self, context: BoltContext) -> None:
        """Draw the dry run again that only one person sees; else it goes on as a message.

        Slack takes that for half an hour, five times.
        """
        if _DRAWN not in context:
            return
        url, import_id, message = context[_DRAWN]
        try:
            at = self._dependencies.clock()
            respond = Respond(response_url=url)
            replies.send(respond, message, self._dependencies.refused, at, instead=True)
            return
        except SlackApiError as error:
            reason = str(error.response.get("error"))
        except (SlackClientError, OSError, ValueError) as error:
            reason = type(error).__name__
        log.info("dry run goes on as a message", reason=reason)
        self._actions.send(import_id)

    def _leave_drawn(self, context: BoltContext, state: WindowState) -> None:
        """Leave the dry run that only one person sees, to be drawn again."""
        imported = self._actions.shown(state.import_id)
        if state.reply and imported.card_id is None and imported.state == READ:
            context[_DRAWN] = (state.reply, imported.id, dry_run_blocks.dry_run(imported))


def _sentence(error: InvalidRow | RowsChanged) -> str:
    """The sentence of an error; that of a serial is its reason alone, beside its input."""
    cause = error.__cause__
    if isinstance(cause, InvalidSerial):
        return _("{fact}.", fact=capitalized(worded(cause.reason)))
    return worded(error)


def show_prepared(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
    """Show the window that was prepared in the place of the one that is open."""
    if WINDOW in context:
        client.views_update(view_id=body["view"]["id"], view=context[WINDOW])
