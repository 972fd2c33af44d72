"""Two acts at one moment: the second one sees what the first one did, or passes over it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from sqlalchemy import text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database

NOTICED = 0.2  # seconds in which an act is done that waits for nobody


def beside(database: Database, act: Callable[[Session], object]) -> None:
    """Do an act twice, the second time before the first one is committed.

    Raises what the second one raises.
    """

    def again() -> None:
        with database.begin() as session:
            act(session)

    with ThreadPoolExecutor(1) as other:
        with database.begin() as session:
            act(session)
            second = other.submit(again)
            wait([second], NOTICED)
        second.result()


def meanwhile(database: Database, act: Callable[[Session], object]) -> tuple[object, object]:
    """Do an act twice on PostgreSQL, the second time before the first one is committed.

    Returns the results of both. Raises OperationalError where the second one waits for a lock.
    """
    with database.begin() as first, Session(database.engine) as second:
        second.execute(text("SET LOCAL lock_timeout = 100"))
        return act(first), act(second)
