"""A server's readiness, found by trying its work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database import schema_version
from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.heartbeats.process import Process
from infrastructure.heartbeats.trials import Look, Trial
from provisioning.diagnostics import absences
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoReadOnly
from provisioning.outbox import claims


@dataclass(frozen=True, slots=True)
class State:
    """A sentence about something that a server needs, and whether it can work with that.

    Of the database also what is in it: messages that Slack refused, processes that are missing.
    """

    works: bool = True
    said: str = "ok"
    parked: Sequence[str] = ()
    missing: Sequence[str] = ()


class Readiness:
    """A check of all that a server needs. Answers within two seconds, and raises nothing.

    `wanted` are the parts that are missing where nobody does them.
    """

    def __init__(
        self, database: Database, repo: MunkiRepo, process: Process, wanted: Collection[str]
    ) -> None:
        self._database, self._repo = database, repo
        self._process, self._wanted = process, wanted
        self._written = Trial(self._write)
        self._databases = Look(self._of_database, _hanging)
        self._repos = Look(self._of_repo, _hanging)

    def database(self) -> State:
        """True where the database takes what is written; the trial is this process's heartbeat."""
        return self._databases.answer()

    def repo(self) -> State:
        """True where manifests can be written, or are at least read."""
        return self._repos.answer()

    def _of_database(self) -> State:
        try:
            with self._database.reading() as session:
                current = schema_version.current(session)
                if current != schema_version.REVISION:
                    said = f"is at {current or 'nothing'}, needs {schema_version.REVISION}: migrate"
                    return State(False, said)
            self._written()
            with self._database.reading() as session:
                missing = absences(session, self._wanted)
                return State(parked=_parked(session), missing=[str(each) for each in missing])
        except SQLAlchemyError as error:
            return State(False, _first_line(error))

    def _write(self) -> None:
        with self._database.begin() as session:
            self._process.note(session)

    def _of_repo(self) -> State:
        try:
            self._repo.check()
        except RepoReadOnly as error:
            return State(said=f"reads only: {error.reason}")
        except RollcallError as error:
            return State(False, _first_line(error))
        return State()


def _parked(session: Session) -> list[str]:
    rows = claims.refused(session)
    return [f"{row.kind} for {row.channel}: {row.reason}" for row in rows]


def _hanging(seconds: float) -> State:
    return State(False, f"no answer for {seconds:.0f} s")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
