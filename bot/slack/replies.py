"""Answers that cannot travel in an acknowledgement: they are sent later, by another thread.

A listener leaves its answer in the context; `later`, its lazy half, delivers it. Nothing is
lost with it: the operation is committed by then.
"""

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import Respond
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.models.views import View

from bot.slack import modals
from bot.slack.home_state import home_behind
from bot.slack.language import _
from bot.slack.markup import Message

log = structlog.get_logger()

_KEY = "answer"


def leave(context: BoltContext, message: Message, *, instead: bool = False) -> None:
    """Leave an answer for `later`; `instead`: it replaces the message that was acted on."""
    context[_KEY] = {
        "text": message.text,
        "blocks": [block.to_dict() for block in message.blocks],
        "replace_original": instead,
    }


def later(context: BoltContext, body: dict[str, Any], respond: Respond, client: WebClient) -> None:
    """Send the answer that a listener left: beside the message, or in the window."""
    answer = context.get(_KEY)
    if answer is None:
        return
    if "view" not in body:
        respond(response_type="ephemeral", **answer)
        return
    message, home = Message(answer["text"], answer["blocks"]), home_behind(body["view"])
    if body["view"]["type"] == "home":  # which is no place for an answer
        view = modals.outcome(message, title="Rollcall", home=home)
        open_window(client, body["trigger_id"], view, respond)
    else:
        client.views_update(view_id=body["view"]["id"], view=modals.outcome(message, home=home))


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
