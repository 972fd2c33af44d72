"""The root of all errors: facts, which each door translates for its people."""

from collections.abc import Mapping
from typing import TypeVar

from infrastructure.text import Sentence

Value = TypeVar("Value")


class RollcallError(Exception):
    """The root: its text is one honest sentence that names the fact.

    `sentence` has a `{name}` for each of the facts, where it has any; see Sentence.
    """

    def __init__(self, sentence: str = "", /, **facts: object) -> None:
        self.sentence = sentence if isinstance(sentence, Sentence) else Sentence(sentence, **facts)
        super().__init__(str(self.sentence))


class InvalidInput(RollcallError):
    """An input that means nothing, or that is not of the form that it needs."""


class Unknown(RollcallError):
    """A thing that is asked for by its name or number, and that does not exist."""


class Conflict(RollcallError):
    """An act that the present state of the things does not allow."""


class Temporary(RollcallError):
    """A failure of what may work again by itself: another attempt may succeed."""


def of_class(table: Mapping[type[Exception], Value], error: BaseException) -> Value | None:
    """Return the value of the nearest class of an error in a table; None where it has none."""
    return next((table[kind] for kind in type(error).__mro__ if kind in table), None)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its class where it has none.

    Of an error of SQLAlchemy's it is the driver's reason: the hints before it are passed over, and
    the statement and its values behind it.
    """
    hints = getattr(error, "detail", None)
    lines = str(error).splitlines()[len(hints) if isinstance(hints, list) else 0 :]
    return next(iter(lines), "") or type(error).__name__
