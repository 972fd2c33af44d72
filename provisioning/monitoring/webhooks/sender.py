"""The sending of one message to a receiver that is not trusted: bounded in time and in bytes."""

import http.client
import re
import socket
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from urllib.parse import urlsplit

from infrastructure.execution.connecting import addresses_of, connected, verifying, why_unanswered
from infrastructure.execution.deadlines import Deadline, deadline, watch
from infrastructure.execution.final_answers import FinalResponse
from provisioning.monitoring.webhooks import addresses
from provisioning.monitoring.webhooks.addresses import Network, Resolve

TIMEOUT = 10.0  # seconds for all of it: name, connection, TLS, message, answer
LONGEST_ANSWER = 64 * 1024  # bytes that are read of it
LONGEST_PAUSE = timedelta(hours=1)  # that a receiver may ask for
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """The status of an answer, and the pause that it asks for."""

    status: int
    retry_after: timedelta | None = None


class NoAnswer(Exception):
    """A missing answer, or one that is not HTTP; the text has the reason, not the answer."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Collection[Network],
    resolve: Resolve = addresses_of,
    seconds: float = TIMEOUT,
    context: Callable[[], ssl.SSLContext] | None = None,
) -> ReceiverAnswer:
    """Post a message to a URL. Raises NoAnswer, and ForbiddenAddress where it may not go there.

    Redirects are not followed, and proxies of the environment are not used: both would lead to an
    address that was not checked.
    """
    until = Deadline(seconds)
    parts = urlsplit(url)
    is_safe, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    try:
        found = _looked_up(resolve, host, port, until)
        good = addresses.permitted(found, allowed, is_safe=is_safe)
        with connected(good, port, until.left()) as plain, deadline(until.left()):
            watch(plain)
            tls = (context or verifying)() if is_safe else None
            line = tls.wrap_socket(plain, server_hostname=host) if tls else plain
            with line:
                path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
                connection = _asked(line, parts.netloc, path, body, headers)
                return _answer(connection.getresponse(), until)
    except (OSError, UnicodeError, http.client.HTTPException) as error:
        if until.is_over:
            raise NoAnswer(f"no answer within {seconds:g} seconds") from None
        raise NoAnswer(f"it cannot be reached ({why_unanswered(error)})") from None


def _looked_up(resolve: Resolve, host: str, port: int, until: Deadline) -> Sequence[str]:
    """The addresses of a host. Raises OSError, TimeoutError.

    The system's lookup has no time limit: one that takes too long goes on in its thread.
    """
    found: Future[Sequence[str]] = Future()

    def look_up() -> None:
        try:
            found.set_result(resolve(host, port))
        except Exception as error:
            found.set_exception(error)

    Thread(target=look_up, daemon=True, name="look-up").start()
    return found.result(until.left())


def _asked(
    line: socket.socket, host: str, path: str, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("unused")
    connection.sock, connection.auto_open = line, 0
    connection.response_class = FinalResponse
    own = {"Host": host, "Content-Type": "application/json", "Connection": "close"}
    connection.request("POST", path, body, {**own, **headers})
    return connection


def _answer(response: http.client.HTTPResponse, until: Deadline) -> ReceiverAnswer:
    until.left()  # its headers are whole: nothing ended the connection meanwhile
    answer = ReceiverAnswer(response.status, _retry_after(response.headers.get("Retry-After", "")))
    with suppress(OSError, http.client.HTTPException, ValueError):
        response.read(LONGEST_ANSWER)  # politely: its content is ignored
    return answer


def _retry_after(text: str) -> timedelta | None:
    """The pause of a header Retry-After, in seconds or as a date, at most LONGEST_PAUSE."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(timedelta(seconds=int(text)), LONGEST_PAUSE)
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(text)
        pause = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
        return min(max(pause, timedelta(0)), LONGEST_PAUSE)
    return None
