"""Answers that cannot travel in an acknowledgement: they are sent later, by another thread.

A listener leaves its answer in the context; `later`, its lazy half, delivers it. Nothing is
lost with it: the operation is committed by then.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import structlog
from slack_bolt import Ack, Respond
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookResponse

from bot.slack import modals
from bot.slack.drawings import RefusedDrawings
from bot.slack.home_state import home_behind
from bot.slack.markup import Message
from infrastructure.errors import first_line
from provisioning.values.language import _

log = structlog.get_logger()

ANSWERS = "answer"  # the kind of messages that these are
_KEY = "answer"
WINDOW = "window"  # the key of the context under which a listener leaves a window


class ReplacingAnswer(NamedTuple):
    """An answer that takes the place of the message whose button was pressed."""

    message: Message


Answer = Message | ReplacingAnswer  # a message alone is shown beside the other, or in the window


def acknowledge(ack: Ack) -> None:
    """Acknowledge an action without an answer, such as a choice that is read later."""
    ack()


def leave(context: BoltContext, answer: Answer) -> None:
    """Leave an answer for `later`."""
    context[_KEY] = answer


def later(context: BoltContext, body: dict[str, Any], respond: Respond, client: WebClient) -> None:
    """Send the answer that a listener left: beside the message, or in the window.

    A table is not shown, because Slack may refuse it: `later_with_table` does it.
    """
    answer: Answer | None = context.get(_KEY)
    if answer is None:
        return
    message, instead = _parts(answer)
    message = Message(message.text, message.tableless)
    if "view" in body and body["view"]["type"] == "home":  # which is no place for an answer
        view = modals.outcome(message, title="Rollcall", home=home_behind(body["view"]))
        open_window(client, body["trigger_id"], view, respond)
        return
    try:
        if "view" in body:
            view = modals.outcome(message, home=home_behind(body["view"]))
            client.views_update(view_id=body["view"]["id"], view=view)
        else:
            _respond(respond, message, instead=instead)
    except (SlackClientError, OSError) as error:  # the window is closed, or Slack is down
        log.warning("answer not shown", reason=first_line(error)[:200])


def later_with_table(
    refused: RefusedDrawings, clock: Callable[[], datetime]
) -> Callable[[BoltContext, dict[str, Any], Respond, WebClient], None]:
    """Return a lazy listener like `later`, which shows the tables of answers beside a message."""

    def answer_later(
        context: BoltContext, body: dict[str, Any], respond: Respond, client: WebClient
    ) -> None:
        """Send the answer that a listener left, drawn as Slack takes it."""
        answer: Answer | None = context.get(_KEY)
        if answer is None or "view" in body:  # where no table may stand
            later(context, body, respond, client)
            return
        message, instead = _parts(answer)
        try:
            send(respond, message, refused, clock(), instead=instead)
        except SlackApiError as error:  # a response_url ends, too
            log.warning("answer not shown", reason=str(error.response.get("error"))[:200])

    return answer_later


def send(
    respond: Respond, message: Message, refused: RefusedDrawings, at: datetime, *, instead: bool
) -> None:
    """Send an answer by a response_url, drawn as Slack takes it.

    `instead`: it takes the place of the message that the response_url belongs to. Raises
    SlackApiError where Slack takes none, and what slack_sdk raises.
    """
    refused.send(ANSWERS, message, at, lambda drawn: _taken(respond, drawn, instead=instead))


def _parts(answer: Answer) -> tuple[Message, bool]:
    if isinstance(answer, ReplacingAnswer):
        return answer.message, True
    return answer, False


def _respond(respond: Respond, message: Message, *, instead: bool) -> WebhookResponse:
    return respond(
        response_type="ephemeral",
        text=message.short_text,
        blocks=message.blocks,
        replace_original=instead,
    )


def _taken(respond: Respond, message: Message, *, instead: bool) -> None:
    """Respond. Raises SlackApiError where Slack does not take it.

    A response_url answers with a status and a code, alone or in JSON.
    """
    response = _respond(respond, message, instead=instead)
    if response.status_code != HTTPStatus.OK:
        code = response.body.strip()
        with suppress(ValueError, AttributeError):
            code = str(json.loads(code).get("error"))
        raise SlackApiError("not shown", {"error": code[:200]})  # type: ignore[no-untyped-call]


def open_prepared(
    client: WebClient, body: dict[str, Any], context: BoltContext, respond: Respond
) -> None:
    """Open the window that a listener left in the context, where it left one."""
    if WINDOW in context:
        open_window(client, body["trigger_id"], context[WINDOW], respond)


def open_window(
    client: WebClient, trigger_id: str, view: View, respond: Callable[..., object]
) -> None:
    """Open a window, or answer by `respond` that Slack refused it."""
    try:
        client.views_open(trigger_id=trigger_id, view=view)
    except (SlackClientError, OSError) as error:
        log.warning("window not opened", reason=str(error)[:200])
        if isinstance(respond, Respond) and respond.response_url is None:  # from the Home
            return
        respond(
            response_type="ephemeral",
            text=_(
                "The window could not be opened: Slack did not take it. Try again, or type "
                "everything in one line; `help` shows how."
            ),
        )
