"""Pages of lists: each is cut behind an id, which programs see as an opaque cursor."""

import base64
import binascii

from server.api.v1.frame.problems import Invalid
from server.api.v1.frame.routes import LARGEST_NUMBER

SIZE, LARGEST = 100, 500  # things on a page
LARGEST_INDEX = 1_000_000  # of a row, or of its versions
LONGEST_CURSOR = 40  # characters
_MARK = "r1:"


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
    number = text.removeprefix(_MARK)
    is_ours = text.startswith(_MARK) and number.isascii() and number.isdigit()
    if not is_ours or int(number) > LARGEST_NUMBER:
        raise Invalid([{"at": "cursor", "why": "it is not one that this API gave"}])
    return int(number)
