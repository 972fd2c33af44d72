"""A server's readiness, found by trying its work."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.schema import versions
from infrastructure.errors import RollcallError, first_line
from infrastructure.heartbeats import store
from infrastructure.heartbeats.process import Process
from infrastructure.heartbeats.trials import HangGuard, Trial
from provisioning.diagnostics import absences
from provisioning.maintenance.layout_change.waiting import WaitingNames
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoReadOnly
from provisioning.outbox.refusals.refused_messages import refused_messages

MAX_REASONS = 20  # of refused messages, the oldest
TIMEOUT = 0.5  # seconds for names that a change of the layout left behind


@dataclass(frozen=True, slots=True)
class State:
    """The state of the database or of the repo: a server can use it or not, and a sentence.

    Of the database also findings in it: messages that Slack refused, processes that are missing,
    names that a change of the layout left behind.
    """

    is_usable: bool = True
    sentence: str = "ok"
    refused_messages: Sequence[str] = ()
    missing: Sequence[str] = ()
    renames: Sequence[str] = ()


class Readiness:
    """Checks of the database and the repo of a server. Each answers within two seconds.

    They raise nothing. `wanted_parts` are the processes that are reported where they are missing.
    """

    def __init__(
        self, database: Database, repo: MunkiRepo, process: Process, wanted_parts: Collection[str]
    ) -> None:
        self._database, self._repo = database, repo
        self._process, self._wanted_parts = process, wanted_parts
        self._waiting_names = WaitingNames(database, repo)
        self._write_trial = Trial(self._write)
        self._database_checks = HangGuard(self._check_database, _unanswered)
        # They are looked for among all open registrations, of which there may be a million.
        self._renames = HangGuard(self._find_renames, lambda _: (), moment=TIMEOUT, limit=math.inf)
        self._repo_checks = HangGuard(self._check_repo, _unanswered)

    def database(self) -> State:
        """Return the state of the database; the trial is to write this process's heartbeat."""
        state = self._database_checks.answer()
        return replace(state, renames=self._renames.answer()) if state.is_usable else state

    def repo(self) -> State:
        """Return the state of the repo: usable where manifests can be written, or at least read."""
        return self._repo_checks.answer()

    def _check_database(self) -> State:
        try:
            with self._database.reading() as session:
                version = versions.of(session)
                if not version.is_ours:
                    return State(is_usable=False, sentence=str(version))
            self._write_trial()
            with self._database.reading() as session:
                missing = absences(session, self._wanted_parts)
                refused = list(_refused(session))
            return State(refused_messages=refused, missing=[str(absence) for absence in missing])
        except SQLAlchemyError as error:
            return State(is_usable=False, sentence=first_line(error))

    def _find_renames(self) -> Sequence[str]:
        try:
            return self._waiting_names.sentences()
        except SQLAlchemyError:
            return ()

    def _write(self) -> None:
        with self._database.begin() as session:
            self._process.note(session)
        self._database.try_disk()  # behind the commit: the heartbeat counts all the same

    def _check_repo(self) -> State:
        view = self._repo.now()
        try:
            view.check()
            kept_out = view.keeps_out()
        except RepoReadOnly as error:
            return State(sentence=f"reads only: {error.reason}")
        except RollcallError as error:
            return State(is_usable=False, sentence=first_line(error))
        return State(sentence=" ".join(map(str, kept_out)) or "ok")


def _refused(session: Session) -> Iterator[str]:
    """Yield the messages, and the connections, that Slack refuses, each with the reason."""
    for each in refused_messages(session)[:MAX_REASONS]:
        yield f"messages for {each.channel}: {each.reason}"
    for host, phrase in store.unconnected(session):
        yield f"{phrase} (the bot on {host})"


def _unanswered(seconds: float) -> State:
    return State(is_usable=False, sentence=f"no answer for {seconds:.0f} s")
