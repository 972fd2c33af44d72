"""The scopes of the app in Slack, and the doctor's finding about those that it lacks."""

import copy
import time
from collections.abc import Callable, Collection

import structlog
from slack_sdk import WebClient

from bot.slack.web.cache import RefreshAheadCache
from infrastructure.errors import RollcallError, first_line
from infrastructure.findings import Finding

log = structlog.get_logger()

TIMEOUT = 2  # seconds: a person waits for the Home tab, or for the doctor
MAX_AGE = 600.0  # seconds
HEADER = "x-oauth-scopes"

SCOPES = (  # those of slack-app.yaml, in its order
    "commands",
    "chat:write",
    "channels:history",
    "groups:history",
    "channels:read",
    "groups:read",
    "im:history",
    "im:write",
    "files:read",
    "files:write",
    "users:read",
    "usergroups:read",
)
# Those with which Rollcall hears that a channel takes its messages again. Slack tells an app's
# scopes, and not its events.
EVENTS = ("member_joined_channel", "channel_unarchive", "group_unarchive")


class UnknownScopes(RollcallError):
    """Scopes of the app that Slack did not tell."""


def missing(client: WebClient) -> list[Finding]:
    """Return the finding about scopes that the installed app lacks; none where Slack is down."""
    try:
        return _findings(_granted(client))
    except UnknownScopes as error:
        log.info("Slack does not say the app's scopes", reason=str(error))
        return []


class InstalledApp:
    """The app as it is installed in Slack: its scopes are cached. Threads may share one."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._granted = RefreshAheadCache(
            lambda _: _granted(client), max_age=MAX_AGE, clock=clock, max_answers=1
        )

    def findings(self) -> list[Finding]:
        """Return what `missing` does, at most as old as the cache lets it be."""
        try:
            return _findings(self._granted.recall("ours", good=frozenset(SCOPES).issubset))
        except UnknownScopes:
            return []


def _granted(client: WebClient) -> frozenset[str]:
    """Ask Slack for the app's scopes. Raises UnknownScopes.

    They stand in a header of each answer, separated by commas; slack_bolt reads them there too
    (slack_bolt/middleware/authorization/internals.py).
    """
    quick = copy.copy(client)
    quick.timeout = TIMEOUT
    try:
        headers = quick.auth_test().headers.items()
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        raise UnknownScopes(first_line(error)[:200]) from error
    header = next((text for name, text in headers if name.lower() == HEADER), None)
    if not header:  # a proxy may take it out
        raise UnknownScopes(f"there is no header {HEADER} in the answer")
    return frozenset(scope.strip() for scope in str(header).split(","))


def _findings(granted: Collection[str]) -> list[Finding]:
    lacking = [scope for scope in SCOPES if scope not in granted]
    if not lacking:
        return []
    noun = "scope" if len(lacking) == 1 else "scopes"
    fact = f"The app that is installed in Slack lacks the {noun} {', '.join(lacking)}."
    fix = (
        "At https://api.slack.com/apps, add what its App Manifest lacks of slack-app.yaml, save "
        "it, and reinstall it under Install App. Slack does not say which events the app gets: "
        f"see that they include {', '.join(EVENTS[:-1])} and {EVENTS[-1]}."
    )
    return [Finding("the app in Slack", fact, fix)]
