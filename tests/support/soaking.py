"""The long tests: a part of each runs in `make test`, all of it in `make soak`.

`@soak` marks a test that does more in `make soak`; `soak_only` one that runs nowhere else.
"""

import os

import pytest

SOAK = bool(os.environ.get("ROLLCALL_SOAK"))
soak = pytest.mark.soak


def soak_only(reason: str) -> pytest.MarkDecorator:
    """A mark for a test that `make test` leaves out, for a reason."""
    return pytest.mark.soak(only=reason)
