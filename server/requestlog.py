"""One line for each request: what was asked, by which Mac, how it ended and how long it took."""

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

from server.repeats import Repeats

log = structlog.get_logger()

BEFORE_A_KEY = "/report/"
BAD = 400
EAGER = "/installapplications/"  # asked for twice a second until there is an answer
PROBES = frozenset({"/healthz", "/readyz"})  # at DEBUG: they say nothing while all is well


class RequestLog:
    """Wraps a WSGI application, which costs every request less than Flask's hooks do.

    What the application binds to the context (the serial, the registration) is on the line. What
    is asked for all the time in vain is said once a minute.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._repeats = Repeats(log.info)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request and log it."""
        structlog.contextvars.clear_contextvars()
        began = perf_counter()
        status = "500"

        def start(line: str, *rest: Any) -> Any:
            nonlocal status
            status = line
            return start_response(line, *rest)

        try:
            return self._application(environ, start)
        finally:
            self._say(environ, int(status[:3]), perf_counter() - began)

    def _say(self, environ: "WSGIEnvironment", status: int, took: float) -> None:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        known = {"method": method, "path": _without_key(path), "status": status}
        ms = round(took * 1000, 1)
        if status >= BAD and path.startswith(EAGER):
            self._repeats.say((path, status), "request", **known, ms=ms)
        else:
            (log.debug if path in PROBES else log.info)("request", **known, ms=ms)


def _without_key(path: str) -> str:
    """A path as it may be logged, in whatever spelling the secret part was asked for."""
    end = path.lower().find(BEFORE_A_KEY)
    return path if end < 0 else f"{path[: end + len(BEFORE_A_KEY)]}…"
