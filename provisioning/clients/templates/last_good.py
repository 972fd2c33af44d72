"""A store of the last good version of each template, which is served while it is broken."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import put
from infrastructure.errors import RollcallError, first_line
from infrastructure.findings import Finding
from provisioning.clients.templates.findings import finding
from provisioning.clients.templates.loader import LoadedTemplate
from provisioning.clients.templates.models import GoodTemplate
from provisioning.clients.templates.places import Places, places
from provisioning.munki import MunkiRepo
from provisioning.outbox import outbox

log = structlog.get_logger()

Judge = Callable[[Mapping[str, str]], Sequence[Finding]]


class UnusableTemplate(RollcallError):
    """A template that is broken, and was never sound before."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"A template is broken, and nothing is served. {finding}")
        self.finding = finding


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A judgement of a template in one state: the texts to serve (None: nothing), the reason."""

    digest: str
    basis: str
    texts: Mapping[str, str] | None
    finding: Finding | None


class LastGood:
    """A store that judges each state of a template once, and keeps the last good one.

    A template is good if it is sound for all sites and builds of `repo`. `channel` is notified of
    broken ones. Threads share it; processes share the database. While that cannot be used, good
    templates are still served. `folder` exists; it is locked so that one process of a machine
    judges at a time, and the others use its verdict.
    """

    def __init__(self, database: Database, repo: MunkiRepo, channel: str, folder: Path) -> None:
        self._database = database
        self._repo = repo
        self._channel = channel
        self._folder = folder
        self._verdicts: dict[str, _Verdict] = {}
        self._judging = Lock()

    def places(self) -> Places:
        """Return the sites and builds for which a template must be good. Raises RepoUnusable."""
        return places(self._repo)

    def use(
        self, name: str, loaded: LoadedTemplate, judge: Judge, basis: str = ""
    ) -> Mapping[str, str]:
        """Return the texts of template `name`: the `loaded` ones if good, else the last good ones.

        `judge` returns their faults. `basis` identifies everything else on which its answer
        depends, such as the sites: it is asked again where that differs; "" accepts any answer.
        Raises UnusableTemplate where none was ever good.
        """
        verdict = self._known(name, loaded, basis)
        if verdict is None:
            with self._judging:
                verdict = self._known(name, loaded, basis)
                if verdict is None:
                    verdict = self._verdicts[name] = self._judged(name, loaded, judge, basis)
        if verdict.texts is None:
            raise UnusableTemplate(verdict.finding or finding("it is broken.", file=name))
        return verdict.texts

    def _known(self, name: str, loaded: LoadedTemplate, basis: str) -> _Verdict | None:
        verdict = self._verdicts.get(name)
        if verdict is None or verdict.digest != loaded.digest or basis not in ("", verdict.basis):
            return None
        return verdict

    def _judged(self, name: str, loaded: LoadedTemplate, judge: Judge, basis: str) -> _Verdict:
        if self._is_kept(name, loaded, basis):
            return _Verdict(loaded.digest, basis, loaded.texts, None)
        with _alone(self._folder):
            if self._is_kept(name, loaded, basis):  # another process was faster
                return _Verdict(loaded.digest, basis, loaded.texts, None)
            findings = loaded.findings or judge(loaded.texts)
            if not findings:
                self._keep(name, loaded, basis)
                return _Verdict(loaded.digest, basis, loaded.texts, None)
        kept = self._kept(name)
        before = self._verdicts.get(name)
        texts = kept["texts"] if kept else before.texts if before else None
        self._notify(findings[0], is_served=texts is not None)
        return _Verdict(loaded.digest, basis, texts, findings[0])

    def _is_kept(self, name: str, loaded: LoadedTemplate, basis: str) -> bool:
        kept = self._kept(name)
        return kept is not None and kept["digest"] == loaded.digest and basis in ("", kept["of"])

    def _kept(self, name: str) -> dict[str, Any] | None:
        query = select(GoodTemplate.source).where(GoodTemplate.name == name)
        try:
            with self._database.reading() as session:
                source = session.scalar(query)
        except SQLAlchemyError as error:
            log.warning("good templates cannot be read", reason=first_line(error))
            return None
        return None if source is None else dict(json.loads(source))

    def _keep(self, name: str, loaded: LoadedTemplate, basis: str) -> None:
        kept = {"digest": loaded.digest, "of": basis, "texts": loaded.texts}
        values = {"source": json.dumps(kept).encode(), "at": datetime.now(UTC)}
        try:
            with self._database.begin() as session:
                put(session, GoodTemplate, {"name": name}, values)
        except SQLAlchemyError as error:
            log.warning("a good template cannot be kept", reason=first_line(error))

    def _notify(self, finding: Finding, *, is_served: bool) -> None:
        sentence = str(UnusableTemplate(finding))
        if is_served:
            sentence = f"A template is broken; what it was before goes on being served. {finding}"
        file, line = (
            (finding.location.file, finding.location.line) if finding.location else ("", None)
        )
        log.error("template is broken", file=file, line=line, reason=finding.message)
        try:
            with self._database.begin() as session:
                outbox.enqueue_trouble(
                    session, channel=self._channel, sentence=sentence, at=datetime.now(UTC)
                )
        except SQLAlchemyError as error:
            log.error("trouble cannot be told", reason=first_line(error))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock `folder`, which may be read-only, against other processes.

    Without the lock each of them does the same work, with the same result.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            log.warning("cannot wait for the other processes", reason=str(error))
        yield
    finally:
        os.close(descriptor)
