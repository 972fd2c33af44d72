"""Structured logs on standard output: ours, and those of libraries."""

import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.util import Finalize
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Any, BinaryIO

import orjson
import structlog

from infrastructure.text import without_logins
from rollcall import version
from rollcall.settings import Settings

PAUSE = 0.05  # seconds that a line of no urgency waits for others
MANY = 400  # lines that wait; one that is still to be made takes two KiB


def configure(settings: Settings) -> Callable[[Callable[[], object]], None]:
    """Write one line for each event, as JSON or for people.

    Returns a function that takes a call, which makes lines that are not urgent.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.MaybeTimeStamper(fmt="iso", utc=True),  # some say when it was
        structlog.processors.format_exc_info,
    ]
    render: structlog.typing.Processor = structlog.processors.JSONRenderer(orjson.dumps)
    # The standard library's logging, which the libraries use, writes text and not bytes.
    render_text: structlog.typing.Processor = structlog.processors.JSONRenderer()
    lines = LogLines(sys.stdout.buffer)
    factory: Any = lines
    if settings.log_format == "console":
        # Plain tracebacks: prettier ones show local variables, and with them tokens.
        render = render_text = structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        factory = structlog.WriteLoggerFactory(sys.stdout)
        shared.remove(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[_ours, render_text, _without_logins]
        )
    )
    # The libraries write tokens and whole requests at DEBUG.
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # Flask's development server says every address, in which a key may stand.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return lines.later


def tell_start(part: str, *settings: Settings) -> None:
    """Log the start of a part of Rollcall, with the warnings about its settings."""
    log = structlog.get_logger()
    log.info("starting", part=part, version=version.current())
    for name in dict.fromkeys(name for each in settings for name in each.exposed_logins):
        fix = "take them out: a later release refuses them"
        log.warning("a user or a password stands in an address", setting=name, fix=fix)


def catch_the_rest() -> None:
    """Log what Python would print, after `configure`.

    That is uncaught errors, in threads too, errors in finalizers, and warnings. For processes that
    run: commands keep their plain sentences.
    """
    log = structlog.get_logger("rollcall")

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, Exception):
            log.critical("uncaught error", exc_info=(kind, error, trace))
        else:
            sys.__excepthook__(kind, error, trace)

    def uncaught_in_thread(raised: threading.ExceptHookArgs) -> None:
        if raised.exc_type is not SystemExit:
            name = raised.thread.name if raised.thread else ""
            error = (raised.exc_type, raised.exc_value, raised.exc_traceback)
            log.error("uncaught error in a thread", thread=name, exc_info=error)

    def unraisable(raised: "sys.UnraisableHookArgs") -> None:
        error = (raised.exc_type, raised.exc_value, raised.exc_traceback)
        log.error("error that nobody can catch", about=raised.err_msg or "", exc_info=error)

    sys.excepthook, threading.excepthook = uncaught, uncaught_in_thread
    sys.unraisablehook = unraisable
    logging.captureWarnings(capture=True)


def _ours(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Remove structlog's own fields from a library's line, and name its logger."""
    record = line.pop("_record")
    line.pop("_from_structlog")
    return {**line, "logger": record.name}


def _without_logins(_: object, __: str, line: Any) -> str:
    """Return a library's line without passwords: Slack's writes the whole address of a proxy."""
    return without_logins(str(line))


class LogLines:
    """A structlog logger that writes lines to `stream`: urgent ones at once, in their order.

    With a write for each request, threads wait for the interpreter after each, which costs a fifth
    of the requests.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: deque[bytes | Callable[[], object]] = deque()
        self._writing = RLock()  # a line that is made while others are written may be urgent
        self._some = Event()
        Thread(target=self._write_now_and_then, name="log", daemon=True).start()
        # Not atexit: a server's workers are multiprocessing's children, which end without it.
        Finalize(None, self.write, exitpriority=0)

    def __call__(self, *_: object) -> "LogLines":
        """Return itself, as its own factory: there is one stream."""
        return self

    def info(self, line: bytes) -> None:
        """Take a line that may wait for others, for as long as PAUSE."""
        self._wait(line)

    def later(self, call: Callable[[], object]) -> None:
        """Call `call`, which makes lines that are not urgent, when the next lines are written.

        At once where MANY are waiting: the thread that writes may get no turn for long.
        """
        if len(self._waiting) < MANY:
            self._wait(call)
        else:
            call()

    def error(self, line: bytes) -> None:
        """Write a line, and those that wait, before returning."""
        self._waiting.append(line)
        self.write()

    debug = info
    warning = critical = exception = error

    def write(self) -> None:
        """Write the lines that wait."""
        with self._writing:
            lines = list(self._lines())
            if lines:
                with suppress(OSError):  # a full disk or a broken pipe: they are lost, not we
                    self._stream.write(b"\n".join(lines) + b"\n")
                    self._stream.flush()

    def _lines(self) -> Iterator[bytes]:
        while self._waiting:
            line = self._waiting.popleft()
            if isinstance(line, bytes):
                yield line
                continue
            try:
                line()  # its lines wait now, too
            except Exception:  # it ends neither the log nor the others
                yield orjson.dumps(
                    {"event": "a line cannot be made", "level": "error"}
                    | {"exception": traceback.format_exc()}
                )

    def _wait(self, line: bytes | Callable[[], object]) -> None:
        self._waiting.append(line)
        if not self._some.is_set():
            self._some.set()

    def _write_now_and_then(self) -> None:
        pause = Event()
        while self._some.wait():
            pause.wait(PAUSE)
            self._some.clear()
            self.write()
