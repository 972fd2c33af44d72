"""A thread that refreshes the copy of Slack's people, in one of all job runners."""

from collections.abc import Callable, Collection
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError, first_line
from infrastructure.execution.loop import PeriodicThread, utc_now
from provisioning.access.accounts import people
from provisioning.access.accounts.people import PeopleReading

log = structlog.get_logger()

INTERVAL = 10.0  # seconds from one look to the next

Read = Callable[[Collection[str]], PeopleReading]


class PeopleKeeper(PeriodicThread):
    """A thread beside the jobs, which may take minutes: deactivated people are out within five.

    `read` asks Slack for all people and for the members of groups; it raises RollcallError.
    `groups` returns the ids of the groups that the policy names. Once it is ended, what is being
    read is not recorded.
    """

    def __init__(
        self,
        database: Database,
        read: Read,
        groups: Callable[[], Collection[str]],
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__("people", self.look, INTERVAL)
        self._database, self._read, self._groups, self._clock = database, read, groups, clock

    def look(self) -> None:
        """Read the people if it is time and no other job runner does. Raises nothing."""
        try:
            with self._database.begin() as session:
                if not people.claim(session, self._clock()):
                    return
            reading = self._read(self._groups())
            # Compared before, so that Macs wait for what has changed alone.
            with self._database.reading() as session:
                difference = people.compare(session, reading)
            if not self._ended.is_set():
                with self._database.begin() as session:
                    people.record(session, reading, difference, self._clock())
        except (RollcallError, SQLAlchemyError) as error:
            log.warning("people cannot be read", reason=first_line(error))
        except Exception:
            log.exception("unexpected error")
