"""People who have the board open: their sessions, and what a browser sends."""

from datetime import UTC, datetime

from infrastructure.database.engine import Database
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import SLACK, Account

BOARDS_EACH = 5  # of one person: fewer than `live` tells of one session


class People:
    """Enough people for so many open boards, in sessions of their own."""

    def __init__(self, database: Database, boards: int) -> None:
        now, self._tokens = datetime.now(UTC), []
        with database.begin() as session:
            for number in range(-(-boards // BOARDS_EACH)):
                name = f"U0B{number:05}"
                session.add(Account(id=name, name=f"Person {number}", language="en"))
                session.flush()
                self._tokens.append(sessions.begin(session, name, SLACK, "Bench", now))

    def cookie(self, board: int) -> str:
        """The cookies of the browser that has a board open."""
        return f"__Host-rollcall={self._tokens[board // BOARDS_EACH]}"
