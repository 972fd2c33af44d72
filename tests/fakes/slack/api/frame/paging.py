"""Long answers, a page at a time (docs.slack.dev, "Pagination")."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import Refused

Item = TypeVar("Item")


def page(
    items: Sequence[Item], arguments: Arguments, *, default: int, most: int = 999
) -> tuple[Sequence[Item], str]:
    """The items that `limit` and `cursor` ask for, and the next cursor; empty after the last.

    Raises Refused with invalid_limit or invalid_cursor.
    """
    limit = arguments.number("limit", default, error="invalid_limit")
    if not 1 <= limit <= most:
        raise Refused("invalid_limit")
    start = _start(arguments.text("cursor"))
    more = len(items) > start + limit
    return items[start : start + limit], _cursor(start + limit) if more else ""


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refused("invalid_cursor") from None
