"""Which new serials may be slips of registered ones, asked of the database."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from provisioning.database import rows_of
from provisioning.intake.neighbours import neighbours
from provisioning.models import Registration

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
