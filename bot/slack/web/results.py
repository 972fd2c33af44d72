"""A translation of Slack's answers, and of the network's silences, into outcomes of the outbox."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackObjectFormationError, SlackRequestError

from bot.slack.drawings import OF_BLOCKS
from bot.slack.web.client import TOKEN_FIXES
from provisioning.outbox.outcomes import (
    Gone,
    Outcome,
    Postponed,
    Refused,
    Sent,
    Skipped,
    Unanswered,
    Unsent,
)
from provisioning.values.language import marked

# Errors after which the same request may succeed. Of some Slack says that it may have been done.
_TRANSIENT = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "unknown_error"}
)
# Those of a workspace that moves into an organization, or that has sent too much for its plan.
_LATER = frozenset({"team_added_to_org", "org_login_required", "message_limit_exceeded"})
# Those of a person who left, or who is a bot: no message reaches them, whatever an admin does.
_UNREACHABLE = frozenset(
    {"cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible", "users_not_found"}
)
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_MAY_NOT_POST = marked("let apps post in the channel, in its settings, and run boot.sh resend")
# Errors that stay until they are fixed, each with its fix.
_FIXES = {
    **dict.fromkeys(
        (
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
        ),
        _MAY_NOT_POST,
    ),
    "not_in_channel": marked("invite the bot to the channel"),
    "channel_not_found": marked(
        "check ROLLCALL_CHANNEL, and invite the bot if the channel is private"
    ),
    "is_archived": marked("unarchive the channel, or set another ROLLCALL_CHANNEL"),
    "ekm_access_denied": marked("ask the owners of the workspace, who have stopped all messages"),
    "messages_tab_disabled": marked("allow messages in the app's Home, as slack-app.yaml has it"),
    "no_permission": marked("install the app again with the scopes of slack-app.yaml"),
    "missing_scope": marked("install the app again with the scopes of slack-app.yaml"),
    **TOKEN_FIXES,
}
_UNKNOWN = marked("look the code up at docs.slack.dev, and run boot.sh resend once it is fixed")
# Those that a new installation of the app fixes, after which a relay starts again.
OF_INSTALLATION = frozenset({"missing_scope", *TOKEN_FIXES})


class NotPosted(Exception):
    """A message that was not posted, for a reason or for the error that is the cause."""


@contextmanager
def preparing() -> Iterator[None]:
    """Turn an error in this block into NotPosted: it came before anything was posted."""
    try:
        yield
    except NotPosted:
        raise
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        raise NotPosted from error


def of(send: Callable[[], str]) -> Outcome:
    """Call `send`, which returns a message's ts, and return the outcome."""
    try:
        return Sent(send())
    except NotPosted as error:
        return _unposted(error)
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        return _failed(error)


def _unposted(error: NotPosted) -> Outcome:
    """The outcome of an error before anything was posted."""
    if error.__cause__ is None:
        return Unsent(str(error))
    match _failed(error.__cause__):
        case Postponed(reason, _, after):
            return Unsent(reason, after)
        case Unanswered(reason):
            return Unsent(reason)
        case Refused() | Skipped() as final:
            return final
    return Unsent("Slack did not say what it shows")


def _failed(error: BaseException) -> Outcome:
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, SlackObjectFormationError):
        return Refused(f"the message cannot be made: {error}"[:200])
    reason = f"{type(error).__name__}: {error}"[:200]
    if isinstance(error, SlackRequestError):  # an answer of Slack's, if not the whole of it
        return Postponed(reason, in_doubt=True)
    return Postponed(reason, in_doubt=False) if _was_not_sent(error) else Unanswered(reason)


def _refused(error: SlackApiError) -> Outcome:
    response = error.response
    answer = response.data if isinstance(response.data, dict) else {}
    status, code = response.status_code, str(answer.get("error") or "")
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in ("ratelimited", "rate_limited"):
        after = _seconds(response.headers.get("Retry-After", ""))
        return Postponed("ratelimited", in_doubt=False, after=after)
    if not code.isidentifier():  # not Slack's answer, but that of something in between
        return Unanswered(code[:200] or f"HTTP {status} without a word of Slack's")
    if code in _GONE | _UNREACHABLE:
        return Gone() if code in _GONE else Skipped(code)
    if code in _LATER:
        return Postponed(code, in_doubt=False)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _TRANSIENT:
        return Postponed(code[:200], in_doubt=True)
    fix = _FIXES.get(code, "see the log" if code in OF_BLOCKS else _UNKNOWN)
    return Refused(f"{code}: {fix}", is_of_channel=code in _FIXES)


def _seconds(retry_after: str) -> timedelta:
    """Return the seconds of a header, which a proxy may have made."""
    return timedelta(seconds=int(retry_after) if re.fullmatch(r"[0-9]{1,4}", retry_after) else 30)


def _was_not_sent(error: BaseException) -> bool:
    """Return True if a failed request never reached Slack whole, so that Slack cannot act on it.

    urllib wraps errors before the last byte is sent into URLError: no address, no connection, no
    TLS, a proxy that refuses. Later errors are raised as they are.
    """
    return isinstance(error, (URLError, ConnectionRefusedError, socket.gaierror))
