"""A guard around the making of messages from rows: a row that fails is logged and left out.

Such as one that another release wrote. The other rows become messages all the same.
"""

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
    """Yield the messages that `draw` makes of each row.

    Any error of `draw` but SQLAlchemyError is logged with the name of the `transport`, and that row
    yields nothing.
    """
    for row in rows:
        try:
            yield from [*draw(row)]
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("a row cannot be told", transport=transport)
