"""Odd rows: of one that cannot be told, such as one of another release, nothing is; others are."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()

Row = TypeVar("Row")
Drawn = TypeVar("Drawn")


def drawn(
    rows: Iterable[Row], draw: Callable[[Row], Iterable[Drawn]], transport: str
) -> Iterator[Drawn]:
    """Yield what `draw` makes of each row for a transport. Raises SQLAlchemyError."""
    for row in rows:
        try:
            yield from [*draw(row)]
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("a row cannot be told", transport=transport)
