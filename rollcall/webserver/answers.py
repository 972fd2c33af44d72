"""An answer as it goes over the wire, made by a WSGI application in a thread."""

import time
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

BODILESS = frozenset({"204", "304"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its head without the empty line, and its body."""

    head: str
    body: bytes

    def wire(self, *, closes: bool) -> bytes:
        """The bytes to send; `closes` tells the client that no further request is read."""
        end = "Connection: close\r\n\r\n" if closes else "\r\n"
        return b"".join((f"{self.head}{end}".encode("latin-1"), self.body))


def ask(application: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Have a WSGI application answer. What it raises is logged, and answered with 500."""
    try:
        return _answer(application, environ)
    except Exception:
        log.exception("the application failed")
        return plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Rollcall failed; its log says why.")


def plain(status: HTTPStatus, sentence: str) -> Answer:
    """An answer in plain text."""
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    return _answer_of(f"{status.value} {status.phrase}", headers, f"{sentence}\n".encode(), "GET")


def _answer(application: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        started[:] = status, headers
        return written.append

    parts = application(environ, start_response)
    try:
        written.extend(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = started
    return _answer_of(status, headers, b"".join(written), environ["REQUEST_METHOD"])


def _answer_of(status: str, headers: list[tuple[str, str]], body: bytes, method: str) -> Answer:
    """Put an answer together. Its length is that of the body that is sent, whatever was said."""
    lines = [f"HTTP/1.1 {status}\r\nDate: {_date(int(time.time()))}\r\n"]
    has_body = method != "HEAD" and status[:3] not in BODILESS
    lines.extend(
        f"{name}: {value}\r\n"
        for name, value in headers
        if not (has_body and name.lower() == "content-length")
    )
    if has_body:
        lines.append(f"Content-Length: {len(body)}\r\n")
    return Answer("".join(lines), body if has_body else b"")


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
