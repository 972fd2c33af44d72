"""Queries for registered serials that others, typed or new, may be misspellings (slips) of."""

import string
from collections.abc import Collection, Iterator, Sequence, Set
from itertools import chain, islice, product
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among_given, listed, texts_as_table
from infrastructure.database.statements.compiled import CompiledStatement
from provisioning.registrations import serial_index
from provisioning.registrations.models import IS_OPEN, Registration
from provisioning.values import serials
from provisioning.values.computer_names import spellings
from provisioning.values.serials import LONGEST, Serial, neighbours

SPELLINGS = 1000  # of a serial, each one slip away: about so many
SPELLED_AT_ONCE = 4  # serials: a list of all spellings of hundreds would take megabytes
MAX_SPELLINGS = 1024  # of a serial with ten letters that look like others
_LETTERS = f"{string.ascii_uppercase}{string.digits}+=._-/"  # of a serial in upper case
_LOOKALIKES = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
MAX_COMPARED = 1000  # serials with one half of a mistyped one: some 20 ms
MAX_NAMED = 3  # Macs of one name in other cases, or with a part of a serial
FEWEST = 4  # characters of a part of a serial that may mean a Mac
SHORT = 8  # characters: shorter serials have short ends, so they get conditions of their own
_ROWS = Registration.__table__
_REGISTERED = CompiledStatement(
    lambda dialect: select(_ROWS.c.serial).where(
        is_among_given(dialect, _ROWS.c.serial), _ROWS.c.closed_at.is_(None)
    )
)


def nearest(session: Session, serial: Serial) -> list[str]:
    """Return up to three serials of open registrations that a mistyped `serial` may mean.

    That is the Mac which has it as its computer name; or those that it is like; or those with so
    short a part. Those of one slip are all found. A few typing mistakes leave one half of it: of
    the registrations that have a half, the newest MAX_COMPARED are compared.
    """
    is_called = Registration.computer_name.in_(spellings(serial.text))
    called = select(Registration.serial).where(is_called, IS_OPEN)
    if named := session.scalars(called.limit(MAX_NAMED)).all():
        return [*named]
    key, half = serial.key, len(serial.key) // 2
    found = chain.from_iterable(_newest_with(session, part) for part in (key[:half], key[half:]))
    if alike := serials.nearest(serial, {*_spelled(session, [key]), *found}):
        return alike
    is_part = FEWEST <= len(key) < SHORT
    return [*islice(_newest_with(session, key), MAX_NAMED)] if is_part else []


def _newest_with(session: Session, part: str) -> Iterator[str]:
    for ids in serial_index.containing(session, part):
        newest = ids.order_by(ids.selected_columns[0].desc()).limit(MAX_COMPARED).subquery()
        yield from session.scalars(
            select(Registration.serial).join(newest, newest.c.id == Registration.id).where(IS_OPEN)
        )


def slips(session: Session, keys: Sequence[str], without: Collection[str]) -> dict[str, str]:
    """Return, by key, the registered serial that each of the keys may be a slip of.

    The same as `neighbours`, among all open registrations but those in `without`. Of few keys all
    spellings are looked up, in a statement for each SPELLED_AT_ONCE; of many, the database filters
    nearly all registrations out, in one statement.
    """
    newest = session.scalar(select(func.max(Registration.id))) or 0
    are_few = len(keys) * SPELLINGS < newest
    registered = _spelled(session, keys) if are_few else _filtered(session, keys)
    return neighbours(keys, (other for other in registered if other not in without))


def slip_of(session: Session, key: str) -> str | None:
    """Return a registered serial that `key` may be a slip of; None where it is registered itself.

    Looks up every text that is one slip away, so that the number of registrations does not
    matter: every registration of a single Mac calls this.
    """
    registered = set(_spelled(session, [key]))
    return None if key in registered else min(registered, default=None)


def one_slip_away(key: str) -> Iterator[str]:
    """Yield every text that is one slip away; of swapped lookalikes MAX_SPELLINGS at most.

    Of what is too long for a serial, which a hand has written, there are none: they would fill the
    memory.
    """
    if len(key) > LONGEST:
        return
    for at in range(len(key) + 1):
        head, tail = key[:at], key[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            yield head + letter + tail[1:]
    spellings = product(*(_LOOKALIKES.get(letter, letter) for letter in key))
    yield from map("".join, islice(spellings, MAX_SPELLINGS))


def _spelled(session: Session, keys: Sequence[str]) -> Iterator[str]:
    """Yield the registered serials that are one of the keys, or one slip away."""
    for start in range(0, len(keys), SPELLED_AT_ONCE):
        some = keys[start : start + SPELLED_AT_ONCE]
        texts = {text for key in some for text in (key, *one_slip_away(key))}
        rows = _REGISTERED.rows(session, texts=listed(session, sorted(texts)))
        yield from (serial for (serial,) in rows)


def _filtered(session: Session, keys: Sequence[str]) -> Iterator[str]:
    """Yield the registered serials that may be one slip away from one of the keys, and others."""
    groups = ([key for key in keys if (len(key) < SHORT) is short] for short in (True, False))
    near = [condition for group in groups if group for condition in _nearly(session, group)]
    if not near:
        return iter(())
    serial = Registration.serial
    # Of the table's column: of a model's all rows are fetched at once, and these may be very many.
    query = select(Registration.__table__.c.serial).where(
        IS_OPEN,
        or_(*near, serial.contains("O"), serial.contains("I")),  # `neighbours` reads them as 0, 1
    )
    return iter(session.scalars(query))


def _nearly(session: Session, keys: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions for serials that share an unchanged part with one of the keys.

    A slip changes at most two letters next to each other. Early in the serial it leaves a long
    end, late a long beginning, in the middle a short beginning and a short end.
    """
    shortest = min(map(len, keys))
    short = shortest // 4
    long = shortest - short - 2
    if not short or not long:
        return [literal(value=True)]
    normalized = {key.replace("O", "0").replace("I", "1") for key in keys}
    serial, length = Registration.serial, func.length(Registration.serial)
    beginning, end = func.substr(serial, 1, short), func.substr(serial, length - short + 1)

    def among(part: ColumnElement[Any], texts: Set[str]) -> ColumnElement[bool]:
        return part.in_(select(texts_as_table(session, sorted(texts)).c.value))

    return [  # each with its own set of texts, which would take megabytes beside the others
        among(func.substr(serial, 1, long), {key[:long] for key in normalized}),
        among(func.substr(serial, length - long + 1), {key[-long:] for key in normalized}),
        among(
            cast(beginning, String).concat(end), {key[:short] + key[-short:] for key in normalized}
        ),
    ]
