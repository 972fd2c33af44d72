"""Work that is done again."""

import time
from collections.abc import Callable

import pytest

from infrastructure.retry import NO_PAUSE, retry


def failing(*errors: Exception) -> Callable[[], str]:
    """Work that raises these, one after another, and is done then."""
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_work_is_done_again_until_it_is_done() -> None:
    assert retry(failing(OSError(), OSError()), OSError, pauses=NO_PAUSE * 2) == "done"


def test_it_pauses_before_each_time() -> None:
    began = time.monotonic()
    retry(failing(OSError(), OSError()), OSError, pauses=(0.01, 0.02))

    assert time.monotonic() - began >= 0.03


def test_the_last_error_is_raised() -> None:
    errors = OSError("first"), OSError("second")

    with pytest.raises(OSError, match="second"):
        retry(failing(*errors), OSError, pauses=NO_PAUSE)


@pytest.mark.parametrize("error", [ValueError("no"), OSError("no")])
def test_what_does_not_pass_is_raised_at_once(error: Exception) -> None:
    with pytest.raises(type(error), match="no"):
        retry(failing(error), OSError, when=lambda each: "yes" in str(each), pauses=NO_PAUSE * 9)
