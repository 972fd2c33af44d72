"""An answer as it goes over the wire, made by a WSGI application in a thread.

A long one is sent in parts. Each is made once the client has taken those before it, and no thread
waits for that.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog

from infrastructure.errors import RollcallError
from server.request_log import LONG

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

BODILESS = frozenset({"204", "304"})


class Rest:
    """The rest of a long answer. One thread at a time makes a part, not always the same one.

    It `is_over` once there is nothing more to send, and `is_broken` where the application failed,
    or broke it off by an error of ours: a client has to see that, so the connection is cut. It
    `is_chunked`, or an old client sees the end by the closing.
    """

    def __init__(
        self, answer: Iterable[bytes], parts: Iterator[bytes], *, is_chunked: bool
    ) -> None:
        self.is_over = self.is_broken = False
        self.is_chunked = is_chunked
        self._answer, self._parts = answer, parts

    def make_part(self) -> bytes:
        """Make the next part; return it as it goes over the wire."""
        try:
            part = next((part for part in self._parts if part), b"")
        except RollcallError as error:
            log.warning("answer broken off", reason=str(error))
            self.is_broken, part = True, b""
        except Exception:
            log.exception("the application failed")
            self.is_broken, part = True, b""
        if not part:
            self.close()
        return self.framed(part)

    def framed(self, part: bytes) -> bytes:
        """Return a part as it goes over the wire; an empty one ends the answer."""
        return b"%x\r\n%b\r\n" % (len(part), part) if self.is_chunked else part

    def close(self) -> None:
        """Tell the application that no more parts are needed."""
        self.is_over = True
        _close(self._answer)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer: its head without the empty line, its body, and the rest of that if it is long."""

    head: str
    body: bytes
    rest: Rest | None = None

    def wire(self, *, closes: bool) -> bytes:
        """The bytes to send; `closes` tells the client that no further request is read."""
        end = "Connection: close\r\n\r\n" if closes else "\r\n"
        return b"".join((f"{self.head}{end}".encode("latin-1"), self.body))


def ask(application: "WSGIApplication", environ: "WSGIEnvironment") -> RawAnswer:
    """Have a WSGI application answer. What it raises is logged, and answered with 500."""
    try:
        return _answer(application, environ)
    except Exception:
        log.exception("the application failed")
        return plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Rollcall failed; its log says why.")


def plain(status: HTTPStatus, sentence: str) -> RawAnswer:
    """An answer in plain text."""
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    return _answer_of(
        f"{status.value} {status.phrase}", headers, f"{sentence}\n".encode(), has_body=True
    )


def _answer(application: "WSGIApplication", environ: "WSGIEnvironment") -> RawAnswer:
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        started[:] = status, headers
        return written.append

    answer = application(environ, start_response)
    has_body = environ["REQUEST_METHOD"] != "HEAD"
    try:
        parts, size = iter(answer), 0
        for part in parts:
            written.append(part)
            size += len(part)
            if size > LONG and has_body and (following := next(parts, None)) is not None:
                written.append(following)
                rest = Rest(answer, parts, is_chunked=environ["SERVER_PROTOCOL"] == "HTTP/1.1")
                status, headers = started
                return _begun(status, headers, b"".join(written), rest)
    except BaseException:
        _close(answer)
        raise
    _close(answer)
    status, headers = started
    return _answer_of(status, headers, b"".join(written), has_body=has_body)


def _begun(status: str, headers: list[tuple[str, str]], body: bytes, rest: Rest) -> RawAnswer:
    """Put the beginning of a long answer together."""
    head = _head(status, headers, has_length=False)
    if rest.is_chunked:
        head.append("Transfer-Encoding: chunked\r\n")
    return RawAnswer("".join(head), rest.framed(body), rest)


def _answer_of(
    status: str, headers: list[tuple[str, str]], body: bytes, *, has_body: bool
) -> RawAnswer:
    """Put an answer together. Its length is that of the body, whatever the application said."""
    has_body = has_body and status[:3] not in BODILESS
    lines = _head(status, headers, has_length=not has_body)
    if has_body:
        lines.append(f"Content-Length: {len(body)}\r\n")
    return RawAnswer("".join(lines), body if has_body else b"")


def _head(status: str, headers: list[tuple[str, str]], *, has_length: bool) -> list[str]:
    """The lines of a head, with the length that the application says where it `has_length`."""
    lines = [f"HTTP/1.1 {status}\r\nDate: {_date(int(time.time()))}\r\n"]
    lines.extend(
        f"{name}: {value}\r\n"
        for name, value in headers
        if has_length or name.lower() != "content-length"
    )
    return lines


def _close(answer: Iterable[bytes]) -> None:
    if close := getattr(answer, "close", None):
        close()


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
