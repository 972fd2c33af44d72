"""Listeners of the window with the rows of a dry run."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from slack_bolt import Ack, Respond
from slack_bolt.context.context import BoltContext
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.views import View

from bot.commands.dispatch import Dispatcher, Press
from bot.dependencies import BotDependencies
from bot.imports import dry_run_blocks, dry_run_buttons
from bot.imports.editing import alike_blocks, drawing, edit_window
from bot.imports.editing.edit_window import WindowNotice
from bot.imports.editing.window_state import WindowState
from bot.slack import replies
from bot.slack.replies import OpenedWindow, ShownWindow
from provisioning.imports import lifecycle
from provisioning.imports.edits import changes
from provisioning.imports.edits.changes import InvalidRow, RowsChanged
from provisioning.imports.edits.words import CHANGED_MEANWHILE
from provisioning.imports.models import READ, Import
from provisioning.maintenance.acts.intake import Plan
from provisioning.values.language import _, capitalized, marked, worded
from provisioning.values.serials import InvalidSerial
from provisioning.values.slack import escape

log = structlog.get_logger()

NOT_SHOWN = marked(
    "The window does not show the change. What you did in it is kept: close it, and open it again."
)
_DRAWN = "rows_drawn"  # a key of the context
Lazy = Callable[..., None]  # a lazy listener: it comes after the acknowledgement


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the button that opens the window, and for everything in it."""
    redraw = _redraw_later(dispatcher.dependencies)
    _open_and_save(dispatcher, redraw)
    _turn_and_undo(dispatcher, redraw)
    _change_alike(dispatcher, redraw)
    dispatcher.app.action(re.compile("^row_(site|build|decision)-"))(replies.acknowledge)


def _open_and_save(dispatcher: Dispatcher, redraw: Lazy) -> None:
    dependencies = dispatcher.dependencies

    def open_window(press: Press) -> OpenedWindow:
        """Open the window on the first page of an import's rows."""
        is_card = _import(dependencies, press.number).card_id is not None
        reply = None if is_card else press.body.get("response_url")
        return OpenedWindow(drawing.window(dependencies, WindowState(press.number, reply=reply)))

    def save(ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Save the rows of the window, and show them as they are then."""
        state = WindowState.of(view)
        drafts = state.drafts(view)
        try:
            dependencies.intake.edit(
                state.import_id,
                dependencies.presser(body),
                partial(changes.of_drafts, drafts=drafts),
            )
        except InvalidRow as error:
            versions = {number: version for number, version, _ in state.rows}
            block = edit_window.serial_block(error.number, versions.get(error.number, 0))
            ack(response_action="errors", errors={block: _sentence(error)})
            return
        except RowsChanged as error:
            notice = WindowNotice(_(CHANGED_MEANWHILE), error.numbers)
            window = drawing.window(dependencies, state, notice=notice, drafts=drafts)
            ack(response_action="update", view=window)
            return
        _leave_drawn(dependencies, context, state)
        ack(response_action="update", view=drawing.window(dependencies, state))

    dispatcher.answer_button(dry_run_buttons.EDIT, open_window)
    dispatcher.app.view(edit_window.SAVE)(ack=save, lazy=[redraw])


def _turn_and_undo(dispatcher: Dispatcher, redraw: Lazy) -> None:
    dependencies = dispatcher.dependencies

    def turn(press: Press) -> ShownWindow:
        """Save the rows of a page, and turn to another one."""
        view = press.body["view"]
        state = WindowState.of(view)
        drafts = state.drafts(view)
        try:
            dependencies.intake.edit(
                state.import_id, press.principal, partial(changes.of_drafts, drafts=drafts)
            )
        except (InvalidRow, RowsChanged) as error:
            notice = _unsaved(error)
            return _shown(drawing.window(dependencies, state, notice=notice, drafts=drafts))
        _leave_drawn(dependencies, press.context, state)
        turned = WindowState(state.import_id, press.number, reply=state.reply)
        return _shown(drawing.window(dependencies, turned))

    def undo(press: Press) -> ShownWindow:
        """Undo the newest edit."""
        state = WindowState.of(press.body["view"])
        dependencies.intake.undo_edit(state.import_id, press.principal, press.number)
        _leave_drawn(dependencies, press.context, state)
        return _shown(drawing.window(dependencies, state))

    dispatcher.answer_button(re.compile(f"^{edit_window.TURN}-[0-9]+$"), turn, redraw)
    dispatcher.answer_button(edit_window.UNDO, undo, redraw)


def _change_alike(dispatcher: Dispatcher, redraw: Lazy) -> None:
    """Listen for the choices for many rows; unsaved values stay in the window."""
    dependencies = dispatcher.dependencies

    def change(press: Press, plan: Plan) -> ShownWindow:
        state = WindowState.of(press.body["view"])
        dependencies.intake.edit(state.import_id, press.principal, plan)
        _leave_drawn(dependencies, press.context, state)
        return _shown(drawing.window(dependencies, state))

    def take_off(press: Press) -> ShownWindow:
        """Take a scanner's S off all serials."""
        return change(press, changes.without_s)

    def send(press: Press) -> ShownWindow:
        """Choose a site or a build for all rows with an unknown name."""
        unknown = press.action["action_id"].partition("-")[2]
        return change(press, partial(changes.destined, unknown=unknown, name=press.chosen))

    def decide(press: Press) -> ShownWindow:
        """Take or leave out all rows with one doubt, or with one unknown name."""
        verb, _, alike = press.action["action_id"].partition("-")
        decision = verb.removeprefix("alike_")
        return change(press, partial(changes.decided, alike=alike, decision=decision))

    dispatcher.answer_button(alike_blocks.TAKE_OFF, take_off, redraw)
    dispatcher.answer_button(re.compile("^alike_(site|build)-"), send, redraw)
    dispatcher.answer_button(re.compile("^alike_(take|out)-"), decide, redraw)


def _shown(window: View) -> ShownWindow:
    return ShownWindow(window, _(NOT_SHOWN))


def _redraw_later(dependencies: BotDependencies) -> Lazy:
    def redraw(context: BoltContext) -> None:
        """Draw the dry run again that only one person sees; else it goes on as a message.

        Slack takes that for half an hour, five times.
        """
        if _DRAWN not in context:
            return
        url, import_id, message = context[_DRAWN]
        try:
            replies.send(context, Respond(response_url=url), message, instead=True)
            return
        except SlackApiError as error:
            reason = str(error.response.get("error"))
        except (SlackClientError, OSError, ValueError) as error:
            reason = type(error).__name__
        log.info("dry run goes on as a message", reason=reason)
        drawing.enqueue(dependencies, import_id)

    return redraw


def _import(dependencies: BotDependencies, import_id: int) -> Import:
    with dependencies.database.reading() as session:
        return lifecycle.peek(session, import_id)


def _leave_drawn(dependencies: BotDependencies, context: BoltContext, state: WindowState) -> None:
    """Leave the dry run that only one person sees, to be drawn again."""
    imported = _import(dependencies, state.import_id)
    if state.reply and imported.card_id is None and imported.state == READ:
        context[_DRAWN] = (state.reply, imported.id, dry_run_blocks.dry_run(imported))


def _unsaved(error: InvalidRow | RowsChanged) -> WindowNotice:
    if isinstance(error, RowsChanged):
        return WindowNotice(_(CHANGED_MEANWHILE), error.numbers)
    text = _("Nothing was saved: {error}", error=escape(_sentence(error)))
    return WindowNotice(text, frozenset({error.number}))


def _sentence(error: InvalidRow) -> str:
    """The sentence of an error; that of a serial is its reason alone, beside its input."""
    cause = error.__cause__
    if isinstance(cause, InvalidSerial):
        return _("{fact}.", fact=capitalized(worded(cause.reason)))
    return worded(error)
