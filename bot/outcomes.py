"""What can become of a message: Slack's answers and the network's silences, sorted."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TypeAlias
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackObjectFormationError

# Answers after which the same request may succeed. Slack says of some that it may have been
# carried out all the same.
_TRANSIENT = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "unknown_error"}
)
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

# Answers that stay until somebody mends something, and what that is.
_MENDS = {
    "not_in_channel": "invite the bot to the channel",
    "channel_not_found": "check ROLLCALL_CHANNEL, and invite the bot if the channel is private",
    "is_archived": "unarchive the channel, or set another ROLLCALL_CHANNEL",
    "missing_scope": "install the app again with the scopes of slack-app.yaml",
    "invalid_auth": "check SLACK_BOT_TOKEN",
    "not_authed": "check SLACK_BOT_TOKEN",
    "account_inactive": "install the app again; its bot was removed",
    "token_revoked": "install the app again and set the new SLACK_BOT_TOKEN",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Slack shows it, as the message `ts`."""

    ts: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now; `in_doubt` where it may have been shown, `after` where Slack said how long."""

    reason: str
    in_doubt: bool
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The message to be edited is not there any more."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Not before somebody has mended `reason`; `in_doubt` where it may have been shown."""

    reason: str
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Unsaid:
    """There is nothing left to say by now."""


Outcome: TypeAlias = Shown | Postponed | Gone | Parked | Unsaid


class StillInDoubt(Exception):
    """Slack could not be asked whether it shows a message; the cause says why."""


def of(send: Callable[[], str]) -> Outcome:
    """Call `send`, which returns a message's ts, and sort what comes of it."""
    try:
        return Shown(send())
    except StillInDoubt as doubt:
        return _unasked(doubt)
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        return _failed(error)


def _unasked(doubt: StillInDoubt) -> Outcome:
    """What a failed question means: nothing was posted, and the doubt is as it was."""
    match _failed(doubt.__cause__ or doubt):
        case Postponed(reason, _, after):
            return Postponed(reason, in_doubt=True, after=after)
        case Parked(reason):
            return Parked(reason, in_doubt=True)
    return Postponed("Slack did not say what it shows", in_doubt=True)


def _failed(error: BaseException) -> Outcome:
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, SlackObjectFormationError):
        return Parked(f"the message cannot be made: {error}"[:200])
    return Postponed(f"{type(error).__name__}: {error}"[:200], in_doubt=_was_sent(error))


def _refused(error: SlackApiError) -> Outcome:
    response = error.response
    answer = response.data if isinstance(response.data, dict) else {}
    status, code = response.status_code, str(answer.get("error") or "unknown_error")
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in ("ratelimited", "rate_limited"):
        after = _seconds(response.headers.get("Retry-After", ""))
        return Postponed("ratelimited", in_doubt=False, after=after)
    if code in _GONE:
        return Gone()
    is_no_answer = not code.isidentifier()  # slack_sdk's sentence about a body that is no JSON
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _TRANSIENT or is_no_answer:
        return Postponed(code[:200], in_doubt=True)
    return Parked(f"{code}: {_MENDS.get(code, 'see the log')}")


def _seconds(retry_after: str) -> timedelta:
    """Slack says a number of seconds; a proxy may say anything."""
    return timedelta(seconds=int(retry_after) if re.fullmatch(r"[0-9]{1,4}", retry_after) else 30)


def _was_sent(error: BaseException) -> bool:
    """Whether a failed request may have reached Slack: not if there was no connection at all."""
    cause = error.reason if isinstance(error, URLError) else error
    return not isinstance(cause, (ConnectionRefusedError, socket.gaierror))
