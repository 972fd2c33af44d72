"""Downloads of people's files from Slack, with our token, from Slack's hosts alone."""

import time
from http import HTTPStatus
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from bot.slack.web.client import TIMEOUT
from infrastructure.errors import RollcallError
from infrastructure.execution.pools import pool_for
from infrastructure.text import Sentence
from provisioning.imports import sources

MAX_TIME = 90.0  # seconds for one file
PIECE = 1 << 16  # bytes read at a time
FILES_HOST = "files.slack.com"
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class NotDownloadable(RollcallError):
    """A file that Slack refuses, or that is too large; the text ends with the fix."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("{name} was not read: {reason}.", name=name[:80], reason=reason)
        self.name = name
        self.reason = reason


def fetch(url: str, name: str, *, token: str, api_url: str, longest: float = MAX_TIME) -> bytes:
    """Return the bytes of Slack's file at `url`, its url_private, that come within `longest` s.

    Raises NotDownloadable where trying again is of no use, and OSError where it may be.
    """
    if not is_slacks(url, api_url):
        raise NotDownloadable(name, "Slack does not keep it itself; download and upload it again")
    try:
        with (
            pool_for(url) as pool,
            pool.request(
                "GET",
                url,
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT,
                # Nothing is followed: Slack redirects to its sign-in page where our token may not
                # see a file, and the token goes nowhere else.
                retries=False,
                preload_content=False,
            ) as answer,
        ):
            return _content(answer, name, longest)
    except HTTPError as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


def look_up(slack: WebClient, file_id: str) -> dict[str, Any]:
    """Return Slack's file object, by files.info.

    Raises NotDownloadable where trying again is of no use, and OSError where it may be.
    """
    try:
        file = slack.files_info(file=file_id).get("file")
    except SlackApiError as error:
        answer = error.response.data  # bytes, where it is no JSON
        code = str(answer.get("error")) if isinstance(answer, dict) else "no JSON"
        if reason := _REASONS.get(code):
            raise NotDownloadable("a file", reason) from error
        raise OSError(f"Slack answered files.info with {code}") from error
    # One that is hidden again would be asked for without end.
    if not isinstance(file, dict) or file.get("file_access") == "check_file_info":
        raise NotDownloadable("a file", _NOT_ALLOWED)
    if file.get("mode") in ("tombstone", "hidden_by_limit"):
        raise NotDownloadable("a file", _LOST)
    return file


def is_slacks(url: str, api_url: str) -> bool:
    """Return True if our token may be sent there: by https to Slack, or to the Web API's host.

    The URL is parsed as the request parses it, so that both see the same host.
    """
    if "\\" in url:  # on which parsers of URLs do not agree
        return False
    try:
        requested, api = parse_url(url), parse_url(api_url)
    except ValueError:
        return False
    if requested.auth is not None:
        return False
    if (requested.scheme, requested.netloc) == (api.scheme, api.netloc):
        return True
    hosts = {FILES_HOST, f"files.{api.host}"}
    return requested.scheme == "https" and requested.host in hosts and requested.port in (None, 443)


def _content(answer: BaseHTTPResponse, name: str, longest: float) -> bytes:
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        if reason := _reason(answer.status):
            raise NotDownloadable(name, reason)
        raise OSError(f"Slack answered with HTTP {answer.status}")
    if answer.headers.get("Content-Type", "").partition(";")[0].strip().casefold() == "text/html":
        raise NotDownloadable(name, _NOT_ALLOWED)
    until = time.monotonic() + longest
    content = bytearray()
    for piece in answer.stream(PIECE, decode_content=False):  # so that nothing small unpacks
        content += piece
        if len(content) > sources.LARGEST:
            raise NotDownloadable(name, sources.too_large())
        if time.monotonic() > until:
            raise TimeoutError(f"{name} took longer than {longest:g} seconds")
    return bytes(content)


_NOT_ALLOWED = Sentence(
    "Slack does not show it to Rollcall; invite the bot to the channel, or have whoever runs "
    "Rollcall check the scope files:read"
)
_LOST = Sentence("Slack no longer has it; upload it again")
_REASONS = {  # for which files.info never shows a file, by Slack's code
    "file_deleted": _LOST,
    **dict.fromkeys(("file_not_found", "access_denied", "missing_scope"), _NOT_ALLOWED),
}


def _reason(code: int) -> str | None:
    """Return the reason why a file cannot be had; None where another attempt may help."""
    if code in _GONE:
        return _LOST
    if code in _REFUSED or HTTPStatus.MULTIPLE_CHOICES <= code < HTTPStatus.BAD_REQUEST:
        return _NOT_ALLOWED
    return None
