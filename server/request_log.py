"""A log with one line for each request: path, serial, status and duration."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import Context, copy_context
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from server.repeats import Repeats

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BEFORE_A_KEY = ("/report/", "/board/mail/confirm/", "/board/mail/stop/")  # parts of paths
BAD = 400
LONG = 512 * 1024  # bytes of an answer, behind which further parts are made one at a time
EAGER = "/installapplications"  # asked for twice a second until there is an answer
PROBES = frozenset({"/healthz", "/readyz"})  # at DEBUG: they say nothing while all is well


Count = Callable[[str, str | None, int, float], object]


# Takes a call, and makes it later or at once.
Defer = Callable[[Callable[[], object]], None]


def at_once(call: Callable[[], object]) -> None:
    """Call `call` at once: the default where nothing is left for later."""
    call()


class RequestLog:
    """A WSGI middleware that logs requests; it costs each less than Flask's hooks do.

    What the application binds to the context (the serial, the registration) is on the line: each
    request has a context of its own. A request that fails all the time is logged once a minute.
    `later` gets the call that writes a line and calls `count` with the method, the route (None for
    none), the status and the seconds.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        later: Defer = at_once,
        count: Count = lambda *_: None,
    ) -> None:
        self._application = application
        self._later = later
        self._count = count
        self._log = structlog.get_logger().bind()
        self._repeats = Repeats(self._log.info)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request and log it."""
        context = Context()
        started_at = time.perf_counter()
        status, route = "500", None

        def start(line: str, *rest: Any) -> Any:
            nonlocal status, route
            status, route = line, _route_of(environ)
            return start_response(line, *rest)

        try:
            return context.run(_answer, self._application, environ, start)
        finally:
            target = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
            outcome = int(status[:3]), time.perf_counter() - started_at
            self._later(partial(context.run, self._note, *target, *outcome, time.time(), route))

    def _note(
        self, method: str, path: str, status: int, duration: float, at: float, route: str | None
    ) -> None:
        self._count(method, route, status, duration)
        fields = {
            "method": method,
            "path": _without_key(path),
            "status": status,
            "ms": round(duration * 1000, 1),
            "timestamp": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        }
        if status >= BAD and path.startswith(EAGER):
            self._repeats.say((path, status), "request", **fields)
        else:
            (self._log.debug if path in PROBES else self._log.info)("request", **fields)


def _answer(
    application: "WSGIApplication", environ: "WSGIEnvironment", start: "StartResponse"
) -> Iterable[bytes]:
    """Answer. All of an answer is made before its line is logged; of a long one, the beginning."""
    answer = application(environ, start)
    begun: list[bytes] = []
    size = 0
    try:
        parts = iter(answer)
        for part in parts:
            begun.append(part)
            size += len(part)
            if size > LONG:
                return _Parts(begun, parts, answer)
    except BaseException:  # WSGI wants the application closed in any case
        _close(answer)
        raise
    _close(answer)
    return begun


class _Parts:
    """A long answer, which some parts have begun; each further one is made when it is asked for.

    It is made in the context of its request, of which the line in the log has another copy.
    """

    def __init__(
        self, begun: Sequence[bytes], parts: Iterator[bytes], answer: Iterable[bytes]
    ) -> None:
        self._begun, self._parts, self._answer = begun, parts, answer
        self._context = copy_context()

    def __iter__(self) -> Iterator[bytes]:
        """Yield all parts."""
        yield from self._begun
        while (part := self._context.run(next, self._parts, None)) is not None:
            yield part

    def close(self) -> None:
        """Tell the application that nothing more is asked for."""
        self._context.run(_close, self._answer)


def _close(answer: Iterable[bytes]) -> None:
    if close := getattr(answer, "close", None):
        close()


def _route_of(environ: "WSGIEnvironment") -> str | None:
    """The rule of the route that answers, if any. Flask forgets it at the end."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return None if rule is None else str(rule.rule)


def _without_key(path: str) -> str:
    """A path as it may be logged, in whatever spelling the secret part was asked for."""
    lowered = path.lower()
    for before in BEFORE_A_KEY:
        if before in lowered:
            return f"{path[: lowered.index(before) + len(before)]}…"
    return path
