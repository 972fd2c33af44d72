"""One line for each request: what was asked, by which Mac, how it ended and how long it took."""

import time
from collections.abc import Callable, Iterable
from contextvars import Context
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

from server.repeats import Repeats

BEFORE_A_KEY = "/report/"
BAD = 400
EAGER = "/installapplications/"  # asked for twice a second until there is an answer
PROBES = frozenset({"/healthz", "/readyz"})  # at DEBUG: they say nothing while all is well


def at_once(call: Callable[[], object]) -> None:
    """Do what others leave for later."""
    call()


class RequestLog:
    """Wraps a WSGI application, which costs every request less than Flask's hooks do.

    What the application binds to the context (the serial, the registration) is on the line: each
    request has a context of its own. What is asked for all the time in vain is said once a minute.
    Lines are made by `later`, which is called with what there is to do.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        later: Callable[[Callable[[], object]], None] = at_once,
    ) -> None:
        self._application = application
        self._later = later
        self._log = structlog.get_logger().bind()
        self._repeats = Repeats(self._log.info)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request and log it."""
        own = Context()
        began = time.perf_counter()
        status = "500"

        def start(line: str, *rest: Any) -> Any:
            nonlocal status
            status = line
            return start_response(line, *rest)

        try:
            return own.run(_whole, self._application, environ, start)
        finally:
            asked = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
            took = time.perf_counter() - began
            self._later(partial(own.run, self._say, *asked, int(status[:3]), took, time.time()))

    def _say(self, method: str, path: str, status: int, took: float, at: float) -> None:
        known = {
            "method": method,
            "path": _without_key(path),
            "status": status,
            "ms": round(took * 1000, 1),
            "timestamp": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        }
        if status >= BAD and path.startswith(EAGER):
            self._repeats.say((path, status), "request", **known)
        else:
            (self._log.debug if path in PROBES else self._log.info)("request", **known)


def _whole(
    application: "WSGIApplication", environ: "WSGIEnvironment", start: "StartResponse"
) -> list[bytes]:
    """Answer with a list: all of an answer is made before its line is logged."""
    answer = application(environ, start)
    try:
        return list(answer)
    finally:
        if close := getattr(answer, "close", None):
            close()


def _without_key(path: str) -> str:
    """A path as it may be logged, in whatever spelling the secret part was asked for."""
    end = path.lower().find(BEFORE_A_KEY)
    return path if end < 0 else f"{path[: end + len(BEFORE_A_KEY)]}…"
