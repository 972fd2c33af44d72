"""Pages of lists: each is cut behind an id, which programs see as an opaque cursor."""

import base64
import binascii
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from infrastructure.text import whole_number
from server.api.v1.frame.errors import Invalid
from server.api.v1.frame.routes import LARGEST_NUMBER, RequestModel

SIZE, LARGEST = 100, 500  # things on a page
LARGEST_INDEX = 1_000_000  # of a row, or of its versions
LONGEST_CURSOR = 40  # characters
_MARK = "r1:"

Row = TypeVar("Row")
Thing = TypeVar("Thing")


class PageQuery(RequestModel):
    """A question for a page of a list."""

    limit: Annotated[int, Field(ge=1, le=LARGEST, description="The most items of a page.")] = SIZE
    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST_CURSOR,
            description="The page behind it, as `next` of the page before says; else the first.",
        ),
    ] = None


class Page(BaseModel, Generic[Thing]):
    """A page of a list; `next` is the cursor of the page behind it."""

    items: list[Thing]
    next: str | None


def cut(
    rows: Sequence[Row], limit: int, number_of: Callable[[Row], int] = attrgetter("id")
) -> tuple[Sequence[Row], str | None]:
    """Cut a page out of what was found, and return it with the cursor of the page behind it.

    One more than `limit` has to be looked for: without that one there is no page behind it.
    """
    page = rows[:limit]
    return page, cursor_of(number_of(page[-1])) if len(rows) > limit else None


def cursor_of(last: int) -> str:
    """Return the cursor of the page that follows the thing with this id."""
    return base64.urlsafe_b64encode(f"{_MARK}{last}".encode()).decode().rstrip("=")


def last_of(cursor: str | None) -> int | None:
    """Return the id behind which a page begins; None for the first page. Raises Invalid."""
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    number = whole_number(text.removeprefix(_MARK), digits=len(str(LARGEST_NUMBER)))
    if number is None or number > LARGEST_NUMBER or not text.startswith(_MARK):
        raise Invalid([{"at": "cursor", "why": "it is not one that this API gave"}])
    return number
