"""The error handler of the Slack door: every error becomes an answer to a person."""

import json
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt import BoltResponse
from slack_bolt.context.context import BoltContext
from slack_bolt.error import BoltUnhandledRequestError
from sqlalchemy import exc
from sqlalchemy.exc import NoResultFound

from bot.commands.dispatch import Dispatcher
from bot.commands.typed import TypedMessage, is_typed
from bot.dependencies import BotDependencies
from bot.errors.messages import sentence
from bot.imports.finish_step import FINISH_STEP, failure
from bot.slack import markup, modals, payloads, replies
from bot.slack.payloads import StrangePayload, StrangeValue
from bot.slack.users import CannotCheck, NotAMember
from infrastructure.errors import RollcallError, first_line
from infrastructure.execution import outcomes
from infrastructure.jobs import queue
from provisioning.munki.errors import UnknownBuild, UnknownSite
from provisioning.outbox import answers
from provisioning.outbox.outbox import enqueue_news
from provisioning.registrations.names.name_clashes import ComputerNameClashes
from provisioning.registrations.names.naming import ComputerNameTaken
from provisioning.values.computer_names import InvalidComputerName
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.language import _
from provisioning.values.serials import InvalidSerial, InvalidSerials

log = structlog.get_logger()

HELD_BACK = "app_rate_limited"  # what Slack sends in place of events, where there are too many
_FIELDS: dict[type[Exception], str] = {
    InvalidSerial: modals.SERIALS,
    InvalidSerials: modals.SERIALS,
    UnknownSite: SITE,
    UnknownBuild: BUILD,
    InvalidComputerName: modals.COMPUTER_NAME,
    ComputerNameTaken: modals.COMPUTER_NAME,
    ComputerNameClashes: modals.COMPUTER_NAME,
}


def register_listeners(dispatcher: Dispatcher) -> None:
    """Translate everything that a listener raises."""
    dependencies = dispatcher.dependencies

    @dispatcher.app.error
    def answer_error(error: Exception, body: dict[str, Any], context: BoltContext) -> BoltResponse:
        if isinstance(error, StrangePayload):
            log.warning("payload not understood", reason=str(error))
            return BoltResponse(status=400, body=f"{error}\n")
        if body.get("type") == HELD_BACK:
            log.error("events held back", reason="Slack sends an app 30,000 events an hour at most")
            return BoltResponse(status=200)
        return _answer(error, body, context, dependencies)


def _answer(
    error: Exception, body: dict[str, Any], context: BoltContext, dependencies: BotDependencies
) -> BoltResponse:
    """Answer a person with an error, in the way that their request allows."""
    text = _sentence_of(error, body, dependencies)
    match body.get("type"):
        case "view_submission":
            return _json(_window(error, text, body["view"]))
        case "block_suggestion":
            return _json({"options": []})
        case "event_callback":
            return _answer_event(error, text, body, dependencies)
        case "block_actions" | "message_action" | "shortcut" if _is_left_alone(error, body):
            return _answer_by_message(text, body, dependencies)
        case "block_actions" | "message_action":
            replies.leave(context, markup.plain(text))
            return BoltResponse(status=200)
    return _json({"response_type": "ephemeral", "text": text})


def _sentence_of(error: Exception, body: dict[str, Any], dependencies: BotDependencies) -> str:
    if isinstance(error, StrangeValue | NoResultFound):  # a row may be deleted after a while
        log.warning("button of another time", reason=first_line(error))
        return _unknown(dependencies)
    if isinstance(error, RollcallError):
        log.info("error answered", reason=str(error))
        return sentence(error, dependencies.repo, dependencies.command)
    if isinstance(error, BoltUnhandledRequestError):
        if "event" in body:  # most messages in a channel are for others
            log.debug("event for nobody", event_type=body["event"].get("type"))
            return ""
        if "command" in body:
            log.error("unhandled request", reason="does SLACK_COMMAND name the app's command?")
            return _(
                "Rollcall listens to `{command}` only; ask whoever runs it.",
                command=dependencies.command,
            )
        log.warning("button of another time", reason=f"no listener of this release: {_name(body)}")
        return _unknown(dependencies)
    return _unexpected(error)


def _name(body: dict[str, Any]) -> str:
    """The name of the button, menu, window or shortcut of a request, as its release called it."""
    parts = [body, body.get("view") or {}, *(body.get("actions") or ())]
    names = [part.get("callback_id") or part.get("action_id") for part in parts]
    return ", ".join(str(name)[:60] for name in names if name)


def _unexpected(error: Exception) -> str:
    reference = uuid4().hex[:8]
    is_of_database = isinstance(error, exc.DBAPIError | exc.TimeoutError | exc.PendingRollbackError)
    if is_of_database:
        log.error("database failed", reference=reference, reason=first_line(error))
    else:
        log.error("unexpected error", reference=reference, exc_info=error)
    if outcomes.may_have_changed():
        return _(
            "Something went wrong in Rollcall, and some of it may be done all the same: look "
            "before you try again. If it fails again, tell whoever runs it to look for "
            "`{reference}` in the log.",
            reference=reference,
        )
    if is_of_database:
        return _(
            "Rollcall cannot use its database at this moment, and nothing was changed. Try again "
            "in a minute; if it fails again, tell whoever runs it to look for `{reference}` in "
            "the log.",
            reference=reference,
        )
    return _(
        "Something went wrong in Rollcall, and nothing was changed. Try again in a "
        "minute; if it fails again, tell whoever runs it to look for `{reference}` in the log.",
        reference=reference,
    )


def _unknown(dependencies: BotDependencies) -> str:
    reason = _("What you pressed is too old, or of another release of Rollcall.")
    way_on = _("`{command} help` shows what can be typed.", command=dependencies.command)
    return f"{reason} {way_on}"


def _is_left_alone(error: Exception, body: dict[str, Any]) -> bool:
    """Return True if no lazy listener gives the answer: none ran, or it has no place for it."""
    return body["type"] == "shortcut" or isinstance(
        error, NotAMember | CannotCheck | BoltUnhandledRequestError
    )


def _answer_by_message(
    text: str, body: dict[str, Any], dependencies: BotDependencies
) -> BoltResponse:
    with dependencies.database.begin() as session:
        enqueue_news(session, channel=body["user"]["id"], sentence=text, at=dependencies.clock())
    return BoltResponse(status=200)


def _answer_event(
    error: Exception, text: str, body: dict[str, Any], dependencies: BotDependencies
) -> BoltResponse:
    """Tell the person of an event about an error; Slack repeats an event that failed with 500."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)
    event = body["event"]
    is_expected = isinstance(error, RollcallError)
    with dependencies.database.begin() as session:
        if event["type"] == "function_executed":
            payload = failure(event["function_execution_id"], markup.unmarked(text))
            queue.enqueue(session, FINISH_STEP, payload, at=dependencies.clock())
            return BoltResponse(status=200)
        if is_typed(body):
            message = TypedMessage.of(body, dependencies.command)
            answers.give(
                session,
                message.once,
                channel=message.channel,
                payload=message.payload(markup.plain(text)),
                at=dependencies.clock(),
            )
            return BoltResponse(status=200)
        if is_expected and payloads.is_files(body) and payloads.is_meant(body):
            dedup_key = f"complaint:{event['channel']}:{event['ts']}"
            enqueue_news(
                session,
                channel=event["user"],
                sentence=text,
                at=dependencies.clock(),
                dedup_key=dedup_key,
            )
    return BoltResponse(status=200 if is_expected else 500)


def _window(error: Exception, text: str, window: dict[str, Any]) -> dict[str, Any]:
    """The answer to a window: the error beside its field, or in place of the form.

    Slack shows errors beside inputs alone. An error of another menu stands at the first input.
    """
    blocks = window.get("blocks") or []
    inputs = [str(block.get("block_id")) for block in blocks if block.get("type") == "input"]
    field = _FIELDS.get(type(error))
    if field is not None and inputs:
        field = field if field in inputs else inputs[0]
        return {"response_action": "errors", "errors": {field: markup.unmarked(text)}}
    view = modals.failed(text, modals.title_of(window))
    return {"response_action": "update", "view": view.to_dict()}


def _json(answer: dict[str, Any]) -> BoltResponse:
    return BoltResponse(
        status=200, body=json.dumps(answer), headers={"content-type": "application/json"}
    )
