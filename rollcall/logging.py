"""Structured logs on standard output: ours, and those of the libraries we run on."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import orjson
import structlog

from rollcall.log_lines import LogLines
from rollcall.settings import Settings


def configure(settings: Settings) -> Callable[[Callable[[], object]], None]:
    """Write one line for each event, as JSON or for people.

    Returns what takes a call that makes lines of no urgency.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.MaybeTimeStamper(fmt="iso", utc=True),  # some say when it was
        structlog.processors.format_exc_info,
    ]
    render: structlog.typing.Processor = structlog.processors.JSONRenderer(orjson.dumps)
    lines = LogLines(sys.stdout.buffer)
    factory: Any = lines
    if settings.log_format == "console":
        # Plain tracebacks: prettier ones show local variables, and with them tokens.
        render = structlog.dev.ConsoleRenderer(
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
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_ours, render])
    )
    # The libraries write tokens and whole requests at DEBUG.
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # Flask's development server says every address, in which a key may stand.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return lines.later


def _ours(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop what structlog keeps of a foreign line for itself, and name its logger."""
    record = line.pop("_record")
    line.pop("_from_structlog")
    return {**line, "logger": record.name}
