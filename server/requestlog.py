"""One line for each request: what was asked, by which Mac, how it ended and how long it took."""

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

BEFORE_A_KEY = "/report/"
PROBES = frozenset({"/healthz", "/readyz"})  # at DEBUG: they say nothing while all is well


class RequestLog:
    """Wraps a WSGI application, which costs every request less than Flask's hooks do.

    What the application binds to the context (the serial, the registration) is on the line.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

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
            path = environ.get("PATH_INFO", "")
            say = log.debug if path in PROBES else log.info
            say(
                "request",
                method=environ["REQUEST_METHOD"],
                path=_without_key(path),
                status=int(status[:3]),
                ms=round((perf_counter() - began) * 1000, 1),
            )


def _without_key(path: str) -> str:
    """A path as it may be logged, in whatever spelling the secret part was asked for."""
    end = path.lower().find(BEFORE_A_KEY)
    return path if end < 0 else f"{path[: end + len(BEFORE_A_KEY)]}…"
