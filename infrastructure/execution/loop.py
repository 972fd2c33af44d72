"""A loop that works step by step until it is stopped, with its clock."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.errors import first_line

log = structlog.get_logger()

REST = 5.0  # seconds after the database failed


def run(step: Callable[[], float], stop: Event) -> None:
    """Call `step` until `stop` is set; it returns the pause until its next call, in seconds.

    Where the database fails, that is logged and the loop goes on after REST.
    """
    while not stop.is_set():
        try:
            pause = step()
        except SQLAlchemyError as error:
            log.error("database failed", reason=first_line(error))
            pause = REST
        stop.wait(pause)


def unique_name() -> str:
    """Return a unique name for a worker in this process: host, process number, random text."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"


def utc_now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)
