"""Strange inputs, by seed: valid ones in which some things are missing, others or far too many."""

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.support.inputs.strategies import HOSTILE

TEXTS: Sequence[str] = (
    *("", " ", "\t\n", "\0", "C02\0AAA", "\ud800", "C02\udfffAAA", "\ufeffx", "\u202eevil", "\x7f"),
    *(
        "é" * 300,
        "🍎" * 70,
        "e\u0301" * 50,
        "ﬃ",
        "İ",
        "ß",
        "１２３",
        "\r\nSet-Cookie: x=y",
        "\x1b[2J",
    ),
    *("..", "../../etc/passwd", "/etc/passwd", "a/../b", "a//b", "./a", ".git/config", "git~1/x"),
    *(
        "C:\\x",
        "CON",
        "a" * 255,
        "a" * 256,
        "%00",
        "%2e%2e%2f",
        "%s%n%x",
        "${IFS}",
        "{0.__class__}",
    ),
    *("' OR 1=1 --", '"; DROP TABLE registrations; --', "<script>", "<!channel>", "<@U0ALICE>"),
    *("null", "true", "[]", "{}", "NaN", "-0", "1e999", "9" * 400, "0x10", "1_000", "-1", "0", "1"),
    *("2026-13-45", "9999-12-31", "1.2.3", "1772000000.000100", "london", "design", "C02AAA"),
    *("london design " * 40, "register " * 200, "C02AAA C02BBB\nC02CCC\tparis\tkiosk", *HOSTILE),
)
VALUES: Sequence[Any] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2**31,
        2**63,
        10**400,
        0.5,
        1e308,
        [],
        {},
        [[]],
        [None],
        {"": ""},
    ),
    *({"id": None}, {"id": "U0ALICE"}, {"type": 7}, ["x"] * 300, {str(n): n for n in range(300)}),
)
DEPTHS = (3, 40, 150)  # Python itself writes no deeper JSON than some hundreds


class Dice(random.Random):
    """The random numbers of one input, with the choices that inputs are made by."""

    def happens(self, chance: float) -> bool:
        """True with this chance."""
        return self.random() < chance

    def text(self) -> str:
        """A strange text; a long one now and then."""
        if self.happens(0.03):
            return self.choice(TEXTS)[:20] * self.choice((50, 3000))
        if self.happens(0.2):
            return "".join(self.choice(TEXTS)[:30] for _ in range(self.randint(2, 4)))
        if self.happens(0.2):
            return "".join(chr(self.choice((self.randint(0, 255), self.randint(0, 0x10FFFF))))
                           for _ in range(self.randint(1, 12)))  # fmt: skip
        return self.choice(TEXTS)

    def value(self) -> Any:
        """A strange value of JSON."""
        if self.happens(0.55):
            return self.text()
        if self.happens(0.06):
            return self._nested()
        return copy.deepcopy(self.choice(VALUES))

    def changed(self, value: Any) -> Any:
        """A copy of a JSON value with one to three changes somewhere in it."""
        changed = copy.deepcopy(value)
        for _ in range(self.choice((1, 1, 1, 2, 3))):
            places = list(_places(changed))
            if not places:
                return self.value()
            self._change(*self.choice(places))
        return changed

    def bytes_of(self, content: bytes) -> bytes:
        """The content, cut off, with a few bytes that are others, or with more behind it."""
        match self.randrange(4):
            case 0:
                return content[: self.randrange(len(content) + 1)]
            case 1:
                return content + self.randbytes(self.randint(1, 40))
            case 2:
                return self.randbytes(self.randint(0, 60))
        mutable = bytearray(content)
        for _ in range(min(len(mutable), self.randint(1, 6))):
            mutable[self.randrange(len(mutable))] = self.randrange(256)
        return bytes(mutable)

    def _nested(self) -> Any:
        nested: Any = self.choice(("x", None, 7))
        wrap: Callable[[Any], Any] = self.choice(
            (lambda inner: [inner], lambda inner: {"a": inner})
        )
        for _ in range(self.choice(DEPTHS)):
            nested = wrap(nested)
        return nested

    def _change(self, holder: Any, key: Any) -> None:
        """Change one field of an object, or one item of a list."""
        match self.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[self.text()] = self.value()
            case 2:
                holder[key] = [holder[key]] if self.happens(0.5) else {"value": holder[key]}
            case 3 if isinstance(holder[key], str):
                place = self.randint(0, len(holder[key]))
                holder[key] = holder[key][:place] + self.text() + holder[key][place:]
            case _:
                holder[key] = self.value()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each field and item in a JSON value, as what holds it and its key."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from _places(value[key])
