"""Queries for registered serials that new ones may be slips of."""

import string
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, product

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among
from infrastructure.database.engine import rows_of
from provisioning.registrations.models import Registration
from provisioning.values.serials import neighbours

MOST_SPELLINGS = 1024  # of a serial with ten letters that look like others
_LETTERS = string.ascii_uppercase + string.digits
_LOOKALIKES = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
SHORT = 8  # characters: shorter serials leave little to look for, and are looked for alone


def slips(session: Session, keys: Sequence[str], without: Collection[str]) -> dict[str, str]:
    """Return the registered serial that each of the keys may be a slip of, as `neighbours` does.

    Those in `without` are not looked at. The database passes over nearly all registrations.
    """
    groups = [
        group
        for group in (
            [key for key in keys if len(key) < SHORT],
            [key for key in keys if len(key) >= SHORT],
        )
        if group
    ]
    if not groups:
        return {}
    serial = Registration.serial
    near = [condition for group in groups for condition in _nearly(session, group)]
    query = select(serial).where(
        Registration.closed_at.is_(None),
        or_(*near, serial.contains("O"), serial.contains("I")),  # which `neighbours` folds
    )
    return neighbours(keys, (other for other in session.scalars(query) if other not in without))


def slip_of(session: Session, key: str) -> str | None:
    """Return a registered serial that `key` may be a slip of; None where it is registered itself.

    Looks up everything that one slip makes of it, so that the number of registrations costs
    nothing: it is asked for every Mac that is typed alone.
    """
    near = sorted({key, *_one_slip_away(key)})
    query = select(Registration.serial).where(
        is_among(session, near, Registration.serial), Registration.closed_at.is_(None)
    )
    found = set(session.scalars(query))
    return None if key in found else min(found, default=None)


def _one_slip_away(key: str) -> Iterator[str]:
    """Yield every text that is one slip away, but for swaps of very many lookalikes."""
    for at in range(len(key) + 1):
        head, tail = key[:at], key[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            yield head + letter + tail[1:]
    spellings = product(*(_LOOKALIKES.get(letter, letter) for letter in key))
    yield from map("".join, islice(spellings, MOST_SPELLINGS))


def _nearly(session: Session, keys: Sequence[str]) -> list[ColumnElement[bool]]:
    """One slip changes two letters next to each other at the most: what is left of them.

    Early in the serial it leaves a long end, late a long beginning, and in the middle both a short
    beginning and a short end.
    """
    shortest = min(map(len, keys))
    few = shortest // 4
    many = shortest - few - 2
    if not few or not many:
        return [literal(value=True)]
    folded = {key.replace("O", "0").replace("I", "1") for key in keys}
    serial, length = Registration.serial, func.length(Registration.serial)
    beginning, end = func.substr(serial, 1, few), func.substr(serial, length - few + 1)
    both = cast(beginning, String).concat(end)
    pairs = [
        (func.substr(serial, 1, many), {key[:many] for key in folded}),
        (func.substr(serial, length - many + 1), {key[-many:] for key in folded}),
        (both, {key[:few] + key[-few:] for key in folded}),
    ]
    return [part.in_(select(rows_of(session, sorted(texts)).c.value)) for part, texts in pairs]
