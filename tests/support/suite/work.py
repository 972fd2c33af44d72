"""The work of a function, counted rather than timed, so that a busy machine changes nothing."""

import sys
from collections.abc import Callable


def calls_in(function: Callable[[], object]) -> int:
    """The number of calls, of Python's and of C's functions, that a function makes."""
    number = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
    return number
