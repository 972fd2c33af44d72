"""Answers that cannot travel in an acknowledgement: they are sent later, by another thread.

A listener leaves its answer in the context; `later`, its lazy half, delivers it. The operation is
committed by then. What Slack does not take beside a message or in a window is put into the outbox.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, NamedTuple

import structlog
from slack_bolt import Ack, Respond
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookResponse

from bot.slack import modals
from bot.slack.home_state import home_behind
from bot.slack.markup import Message, plain
from infrastructure.errors import first_line
from provisioning.values.language import _, marked

log = structlog.get_logger()

ANSWERS = "answer"  # the kind of messages that these are
_KEY = "answer"  # of the context
# Keys of two functions in the context. One enqueues a message for a person, by their id. The other
# gets a message and a function that sends one: it shows the first drawing that Slack takes.
SEND_LATER, SHOW = "owe", "show"
NOT_OPENED = marked(
    "The window could not be opened. Try again, or type it in one line; `help` shows how."
)


class ReplacingAnswer(NamedTuple):
    """An answer that takes the place of the message whose button was pressed."""

    message: Message


class OpenedWindow(NamedTuple):
    """A window that is opened."""

    view: View


class PushedWindow(NamedTuple):
    """A window that is put on top of the one that is open."""

    view: View


class ShownWindow(NamedTuple):
    """A window that takes the place of the one that is open; `instead` is said where it cannot."""

    view: View
    instead: str


# A message alone is shown beside the other, or in the window.
Answer = Message | ReplacingAnswer | OpenedWindow | PushedWindow | ShownWindow


def acknowledge(ack: Ack) -> None:
    """Acknowledge an action without an answer, such as a choice that is read later."""
    ack()


def leave(context: BoltContext, answer: Answer) -> None:
    """Leave an answer for `later`."""
    context[_KEY] = answer


def later(context: BoltContext, body: dict[str, Any], respond: Respond, client: WebClient) -> None:
    """Show the answer that a listener left: a window, or a message beside the other or in one.

    Where Slack does not take it there, it comes as a message to the person: what they asked for is
    done.
    """
    match context.get(_KEY):
        case OpenedWindow(view):
            open_window(client, body, context, view)
        case PushedWindow(view):
            with _or_by_message(context, plain(_(NOT_OPENED))):
                client.views_push(trigger_id=body["trigger_id"], view=view)
        case ShownWindow(view, instead):
            with _or_by_message(context, plain(instead)):
                _update(client, body, view)
        case ReplacingAnswer(message):
            _tell(client, body, context, respond, message, instead=True)
        case Message() as message:
            _tell(client, body, context, respond, message, instead=False)


def _tell(
    client: WebClient,
    body: dict[str, Any],
    context: BoltContext,
    respond: Respond,
    message: Message,
    *,
    instead: bool,
) -> None:
    if "view" not in body:
        with _or_by_message(context, message):
            send(context, respond, message, instead=instead)
        return
    home = home_behind(body["view"])
    if body["view"]["type"] == "home":  # which is no place for an answer
        view = modals.outcome(message, "Rollcall", home=home)
        open_window(client, body, context, view, message)
        return
    with _or_by_message(context, message):
        title = modals.title_of(body["view"])
        _update(client, body, modals.outcome(message, title, home=home))


def send(context: BoltContext, respond: Respond, message: Message, *, instead: bool) -> None:
    """Send an answer by a response_url, its table as Slack takes it.

    `instead`: it takes the place of the message that the response_url belongs to. Raises
    SlackApiError where Slack takes none, and what slack_sdk raises.
    """

    def show(drawn: Message) -> None:
        _taken(respond, drawn, instead=instead)

    if message.without_table is None:
        show(message)
    else:
        context[SHOW](message, show)


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
        told = {"error": code[:200]}
        raise SlackApiError("not shown", told)  # type: ignore[no-untyped-call] # it has no types


def _update(client: WebClient, body: dict[str, Any], view: View) -> None:
    """Show a window in place of the one in a request, once more where Slack's answer is lost.

    The same window twice looks like one, unlike a second message. Raises what slack_sdk
    raises.
    """
    try:
        client.views_update(view_id=body["view"]["id"], view=view)
    except SlackApiError:
        raise
    except Exception:  # slack_sdk raises nearly anything
        client.views_update(view_id=body["view"]["id"], view=view)


@contextmanager
def _or_by_message(context: BoltContext, message: Message) -> Iterator[None]:
    """Owe the person a message where Slack does not take in this block what was to be shown.

    A window may be closed, a response_url or a trigger_id have ended, and Slack be down.
    """
    try:
        yield
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        log.warning("answer comes as a message", reason=reason_of(error))
        send_later(context, message)


def send_later(context: BoltContext, message: Message) -> None:
    """Enqueue a message for the person of a request; the relay sends it."""
    context[SEND_LATER](str(context.user_id), message)


def reason_of(error: Exception) -> str:
    """Return Slack's code of an error, or else its first line."""
    code = error.response.get("error") if isinstance(error, SlackApiError) else None
    return str(code or first_line(error))[:200]


def open_window(
    client: WebClient,
    body: dict[str, Any],
    context: BoltContext,
    view: View,
    otherwise: Message | None = None,
) -> None:
    """Open a window; where Slack refuses it, say so, or what is to be said `otherwise`."""
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        log.warning("window not opened", reason=reason_of(error))
        message = otherwise or plain(_(NOT_OPENED))
        if context.respond is None or context.respond.response_url is None:  # such as of the Home
            send_later(context, message)
            return
        with _or_by_message(context, message):
            _taken(context.respond, message, instead=False)
