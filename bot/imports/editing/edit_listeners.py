"""Listeners of the window with the rows of a dry run."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog
from slack_bolt import Ack, App, Respond
from slack_bolt.context.context import BoltContext
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.dependencies import BotDependencies
from bot.imports import dry_run_blocks, dry_run_buttons
from bot.imports.editing import alike_blocks, drawing, edit_window
from bot.imports.editing.edit_window import WindowNotice
from bot.imports.editing.window_state import WindowState
from bot.slack import payloads, replies
from bot.slack.replies import WINDOW
from provisioning.imports import lifecycle
from provisioning.imports.edits import changes
from provisioning.imports.edits.changes import InvalidRow, RowsChanged
from provisioning.imports.edits.words import CHANGED_MEANWHILE
from provisioning.imports.models import READ, Import
from provisioning.maintenance.acts.intake import Plan
from provisioning.values.language import _, capitalized, worded
from provisioning.values.serials import InvalidSerial
from provisioning.values.slack import escape

log = structlog.get_logger()

_DRAWN = "rows_drawn"  # a key of the context
Lazy = Callable[..., None]  # a lazy listener: it comes after the acknowledgement


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the button that opens the window, and for everything in it.

    The next window is left in the context, for the lazy half, which shows it.
    """
    redraw = _redraw_later(dependencies)
    shown: list[Lazy] = [replies.show_prepared, redraw, replies.later]
    _open_and_save(app, dependencies, redraw)
    _turn_and_undo(app, dependencies, shown)
    _change_alike(app, dependencies, shown)
    app.action(re.compile("^row_(site|build|decision)-"))(replies.acknowledge)


def _open_and_save(app: App, dependencies: BotDependencies, redraw: Lazy) -> None:
    def open_window(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Prepare the window on the first page of an import's rows."""
        import_id = payloads.number(action["value"])
        is_card = _import(dependencies, import_id).card_id is not None
        reply = None if is_card else body.get("response_url")
        context[WINDOW] = drawing.window(dependencies, WindowState(import_id, reply=reply))
        ack()

    def save(ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Save the rows of the window, and show them as they are then."""
        state = WindowState.of(view)
        drafts = state.drafts(view)
        try:
            _edit(dependencies, state, body, partial(changes.of_drafts, drafts=drafts))
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

    opened = [replies.open_prepared, replies.later]
    app.action(dry_run_buttons.EDIT)(ack=open_window, lazy=opened)
    app.view(edit_window.SAVE)(ack=save, lazy=[redraw])


def _turn_and_undo(app: App, dependencies: BotDependencies, lazy: Sequence[Lazy]) -> None:
    def turn(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Save the rows of a page, and turn to another one."""
        state = WindowState.of(body["view"])
        drafts = state.drafts(body["view"])
        try:
            _edit(dependencies, state, body, partial(changes.of_drafts, drafts=drafts))
        except (InvalidRow, RowsChanged) as error:
            notice = _unsaved(error)
            context[WINDOW] = drawing.window(dependencies, state, notice=notice, drafts=drafts)
        else:
            _leave_drawn(dependencies, context, state)
            page = payloads.number(action["value"])
            turned = WindowState(state.import_id, page, reply=state.reply)
            context[WINDOW] = drawing.window(dependencies, turned)
        ack()

    def undo(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Undo the newest edit."""
        state = WindowState.of(body["view"])
        edit_id = payloads.number(action["value"])
        dependencies.intake.undo_edit(state.import_id, dependencies.presser(body), edit_id)
        _leave_drawn(dependencies, context, state)
        context[WINDOW] = drawing.window(dependencies, state)
        ack()

    app.action(re.compile(f"^{edit_window.TURN}-[0-9]+$"))(ack=turn, lazy=lazy)
    app.action(edit_window.UNDO)(ack=undo, lazy=lazy)


def _change_alike(app: App, dependencies: BotDependencies, lazy: Sequence[Lazy]) -> None:
    """Listen for the choices for many rows; unsaved values stay in the window."""

    def change(body: dict[str, Any], context: BoltContext, plan: Plan) -> None:
        state = WindowState.of(body["view"])
        _edit(dependencies, state, body, plan)
        _leave_drawn(dependencies, context, state)
        context[WINDOW] = drawing.window(dependencies, state)

    def take_off(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Take a scanner's S off all serials."""
        change(body, context, changes.without_s)
        ack()

    def send(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Choose a site or a build for all rows with an unknown name."""
        unknown = action["action_id"].partition("-")[2]
        name = action["selected_option"]["value"]
        change(body, context, partial(changes.destined, unknown=unknown, name=name))
        ack()

    def decide(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Take or leave out all rows with one doubt, or with one unknown name."""
        verb, _, alike = action["action_id"].partition("-")
        decision = verb.removeprefix("alike_")
        change(body, context, partial(changes.decided, alike=alike, decision=decision))
        ack()

    app.action(alike_blocks.TAKE_OFF)(ack=take_off, lazy=lazy)
    app.action(re.compile("^alike_(site|build)-"))(ack=send, lazy=lazy)
    app.action(re.compile("^alike_(take|out)-"))(ack=decide, lazy=lazy)


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


def _edit(
    dependencies: BotDependencies, state: WindowState, body: dict[str, Any], plan: Plan
) -> None:
    """Store what `plan` changes. Raises RowsChanged, InvalidRow, NotAllowed and NotOpen."""
    dependencies.intake.edit(state.import_id, dependencies.presser(body), plan)


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
