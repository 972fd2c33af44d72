"""Two acts at one moment, of which the second one has to see what the first one did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

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
