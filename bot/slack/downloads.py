"""Files of people on their way from Slack, with our token, from Slack's hosts alone."""

import time
from http import HTTPStatus
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.slack.client import TIMEOUT
from infrastructure.errors import RollcallError

LARGEST = 20_000_000  # bytes
LONGEST = 90.0  # seconds for one file
PIECE = 1 << 16  # bytes read at a time
FILES_HOST = "files.slack.com"
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class NotDownloadable(RollcallError):
    """A file that Slack does not hand to us, or that is too large; ends in what to do."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name[:80]} was not read: {reason}.")
        self.name = name
        self.reason = reason


def fetch(url: str, name: str, *, token: str, api_url: str) -> bytes:
    """Return the bytes of Slack's file at `url`, its url_private.

    Raises NotDownloadable where trying again is of no use, and OSError where it may be.
    """
    if not is_slacks(url, api_url):
        raise NotDownloadable(name, "Slack does not keep it itself; download and upload it again")
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - checked
    try:
        with build_opener(_NoRedirects).open(request, timeout=TIMEOUT) as answer:
            return _content(answer, name)
    except HTTPError as error:
        if reason := _reason(error.code):
            raise NotDownloadable(name, reason) from error
        raise


def is_slacks(url: str, api_url: str) -> bool:
    """Whether our token may be sent there: by https to Slack, or to where the Web API is."""
    try:
        asked, api = urlsplit(url), urlsplit(api_url)
        if (asked.scheme, asked.netloc) == (api.scheme, api.netloc):
            return True
        port = asked.port
    except ValueError:
        return False
    hosts = {FILES_HOST, f"files.{api.hostname}"}
    return asked.scheme == "https" and asked.hostname in hosts and port in (None, 443)


class _NoRedirects(HTTPRedirectHandler):
    """Slack redirects who may not see a file to its sign-in page; a token goes nowhere else."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing."""


def _content(answer: HTTPResponse, name: str) -> bytes:
    if answer.headers.get_content_type() == "text/html":
        raise NotDownloadable(name, _NOT_ALLOWED)
    until = time.monotonic() + LONGEST
    content = bytearray()
    while piece := answer.read(PIECE):
        content += piece
        if len(content) > LARGEST:
            raise NotDownloadable(name, too_large())
        if time.monotonic() > until:
            raise TimeoutError(f"{name} took longer than {LONGEST:g} seconds")
    return bytes(content)


def too_large() -> str:
    """Why a file is not even asked for."""
    return f"it has more than {LARGEST // 1_000_000} MB; send it in parts, or a smaller photo"


_NOT_ALLOWED = (
    "Slack does not show it to Rollcall; invite the bot to the channel, or have whoever runs "
    "Rollcall check the scope files:read"
)


def _reason(code: int) -> str | None:
    """Why it will never come; None where it may."""
    if code in _GONE:
        return "Slack has it no more; upload it again"
    if code in _REFUSED or HTTPStatus.MULTIPLE_CHOICES <= code < HTTPStatus.BAD_REQUEST:
        return _NOT_ALLOWED
    return None
