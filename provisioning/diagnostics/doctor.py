"""The whole examination: the repo, the addresses, the clocks."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database import schema_version
from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.findings import Finding
from provisioning.access import exposures
from provisioning.diagnostics import computer_names, endpoints, registrations
from provisioning.munki import MunkiRepo, audit
from provisioning.munki.errors import RepoUnusable

FRESH = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Examination:
    """The parts of an installation to examine.

    `url` leads to the Macs' door, `repo_url` to the repo.

    `templates` is the admin's folder of them, `installation` what our servers say of themselves,
    None where the secret is not known. `command` is Slack's.
    """

    repo: MunkiRepo
    database: Database
    url: str | None = None
    installation: str | None = None
    repo_url: str | None = None
    templates: Path | None = None
    command: str = "/mac"


def examined(these: Examination) -> list[Finding]:
    """Look at everything once; some seconds. Raises nothing: what cannot be seen is a finding."""
    now = datetime.now(UTC)
    return [
        *_repo(these),
        *_names(these),
        *_registrations(these, now),
        *_templates(these),
        *_database(these, now),
        *_addresses(these, now),
    ]


class Recent:
    """The findings of the last examination, made anew where they are older than FRESH.

    Who asks while one is being made waits for it: it reads the whole repo.
    """

    def __init__(self, these: Examination, clock: Callable[[], float] = time.monotonic) -> None:
        self._these, self._clock = these, clock
        self._examining = Lock()
        self._at = -FRESH
        self._findings: Sequence[Finding] = ()

    def findings(self) -> Sequence[Finding]:
        """Return the findings, at most FRESH seconds old."""
        with self._examining:
            if self._clock() - self._at >= FRESH:
                self._findings = examined(self._these)
                self._at = self._clock()
            return self._findings


def _repo(these: Examination) -> Iterator[Finding]:
    try:
        these.repo.check()
    except RollcallError as error:
        fix = "Macs are told to come back until that is fixed."
        yield Finding("the repo", str(error), fix)
    try:
        yield from audit.look_through(these.repo.store)
    except RollcallError as error:
        yield Finding("the repo", str(error), "Mount it, or see to its permissions.")


def _names(these: Examination) -> Iterator[Finding]:
    try:
        look = these.repo.namesakes()
        with these.database.reading() as session:
            yield from computer_names.look_through(session, look)
    except (RepoUnusable, SQLAlchemyError):
        return  # which is found already


def _registrations(these: Examination, now: datetime) -> Iterator[Finding]:
    advice = registrations.Advice(these.command, these.url)
    try:
        yield from registrations.compare(these.database, these.repo.store, advice, now)
    except SQLAlchemyError:
        return  # which is found already
    except RollcallError as error:
        fact = f"Registrations and manifests could not be compared: {error}"
        yield Finding("registrations", fact, "")


def _templates(these: Examination) -> Iterator[Finding]:
    # Only for who looks.
    from provisioning.clients import check  # noqa: PLC0415
    from provisioning.clients.imagr import check as check_imagr  # noqa: PLC0415

    try:
        yield from check.findings(these.repo, these.templates)
        yield from check_imagr.findings(these.repo, these.templates)
    except RollcallError as error:
        yield Finding("templates", f"The templates cannot be looked at: {error}", "")


def _database(these: Examination, now: datetime) -> Iterator[Finding]:
    has_clock = these.database.engine.dialect.name == "postgresql"
    try:
        with these.database.reading() as session:
            there = session.scalar(text("SELECT now()")) if has_clock else None
            is_migrated = schema_version.current(session) == schema_version.REVISION
            exposed = exposures.recent(session, now) if is_migrated else ()
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        yield Finding("the database", f"The database cannot be used: {reason}.", "")
    else:
        yield from endpoints.clock(there, now, "the database")
        if not is_migrated:
            fact = "The database has another schema than this Rollcall needs."
            yield Finding("the database", fact, "Type `boot.sh migrate`.")
        for each, at in exposed:
            fact = f"{each.fact} The last time was {at:%Y-%m-%d}."
            yield Finding("exposed credentials", fact, each.fix)


def _addresses(these: Examination, now: datetime) -> Iterator[Finding]:
    if these.url:
        yield from endpoints.leads_here(these.url, these.installation, now)
    for url in dict.fromkeys((these.url, these.repo_url)):
        if url:
            yield from endpoints.certificate(url, now)
