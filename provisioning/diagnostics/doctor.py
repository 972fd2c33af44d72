"""The whole examination: the policy, the messages, the repo, the addresses, the clocks, Slack."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.schema import versions
from infrastructure.errors import RollcallError, first_line
from infrastructure.execution.loop import utc_now
from infrastructure.filesystem import mounts
from infrastructure.findings import Finding
from provisioning.access import exposures
from provisioning.diagnostics import (
    computer_names,
    copies,
    endpoints,
    newer_manifests,
    places,
    spoilt_rows,
)
from provisioning.diagnostics.backlog import backlog_findings
from provisioning.diagnostics.policy_file import REPO, policy_findings
from provisioning.firstboot.replacements import replacing
from provisioning.maintenance import layout_change
from provisioning.maintenance.retention import findings as retention
from provisioning.monitoring.drift import drifts
from provisioning.munki import MunkiRepo, audit
from provisioning.munki.errors import MissingAlways, RepoUnusable
from provisioning.munki.layout.finder.keeping_out import not_offered
from provisioning.policy import PolicyFile

MAX_AGE = 30.0  # seconds
MAX_DRIFTS = 1000
DATABASE, TABLE = "the database", "a table of the database"  # kinds of findings


@dataclass(frozen=True, slots=True)
class Examination:
    """The parts of an installation to examine.

    `url` is the address for Macs, `repo_url` that of the repo. `logins` are the settings whose
    addresses have a user or a password in them.

    `templates` is the admin's folder of them, `installation` the id of our servers, None where the
    secret is not known. `command` is Slack's slash command. `app` returns the findings about our
    app in Slack, and raises nothing. `sends_mail`: there is a mail server. `clock` is ours, with
    which others are compared, `mounted` the system's table of mounts.
    """

    repo: MunkiRepo
    database: Database
    url: str | None = None
    installation: str | None = None
    repo_url: str | None = None
    logins: Sequence[str] = ()
    templates: Path | None = None
    command: str = "/mac"
    policy_file: PolicyFile | None = None
    app: Callable[[], list[Finding]] = list
    sends_mail: bool = True
    clock: Callable[[], datetime] = utc_now
    mounted: Path = mounts.MOUNTED


def examined(examination: Examination) -> list[Finding]:
    """Return what is wrong in all parts; it takes some seconds. An error becomes a finding, too."""
    slow = inspected(examination)
    is_told = any(each.kind == REPO for each in slow)  # which the policy's names need, too
    policy = [each for each in _policy(examination) if not (is_told and each.kind == REPO)]
    return _once([*policy, *_backlog(examination, examination.clock()), *slow])


def inspected(examination: Examination) -> list[Finding]:
    """Return what is wrong in the slow parts: repo, templates, database, addresses and Slack.

    An error becomes a finding, too.
    """
    now = examination.clock()
    findings = [
        *_repo(examination),
        *_names(examination),
        *_registrations(examination, now),
        *_drifts(examination),
        *_swapped_boards(examination, now),
        *_templates(examination),
        *_database(examination),
        *_disk(examination),
        *_of_rows(examination, lambda session: retention.findings(session, now)),
        *_of_rows(examination, spoilt_rows.findings),
        *_addresses(examination, examination.clock()),
        *examination.app(),
    ]
    return _once(findings)


class RecentFindings:
    """The findings of the last examination, which is repeated after MAX_AGE.

    A call during an examination waits for its end: it reads the whole repo.
    """

    def __init__(
        self, examination: Examination, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._examination, self._clock = examination, clock
        self._examining = Lock()
        self._at = -MAX_AGE
        self._findings: Sequence[Finding] = ()

    def findings(self) -> Sequence[Finding]:
        """Return the findings, at most MAX_AGE seconds old."""
        with self._examining:
            if self._clock() - self._at >= MAX_AGE:
                self._findings = examined(self._examination)
                self._at = self._clock()
            return self._findings


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out repetitions, and what follows from a database that cannot be used at all."""
    found = list(dict.fromkeys(findings))
    is_told = any(each.kind == DATABASE for each in found)
    return [each for each in found if not (is_told and each.kind == TABLE)]


def _unreadable(error: SQLAlchemyError) -> Finding:
    fact = f"A table of the database cannot be read: {first_line(error)}."
    fix = "If it is damaged, stop all of Rollcall and bring back a backup: `boot.sh restore FILE`."
    return Finding(TABLE, fact, fix)


def _policy(examination: Examination) -> list[Finding]:
    if examination.policy_file is None:
        return []
    findings = policy_findings(examination.policy_file, examination.repo)
    policy = examination.policy_file.policy
    if not examination.sends_mail and (
        policy.email or any(site.email for site in policy.sites.values())
    ):
        fact = "The policy has addresses for mail (`email`), and no mail server is set."
        fix = "Set ROLLCALL_SMTP_URL and ROLLCALL_MAIL_FROM, or take them out."
        findings = [*findings, Finding("mail", fact, fix)]
    return findings


def _of_rows(
    examination: Examination, look: Callable[[Session], Iterable[Finding]]
) -> list[Finding]:
    """Return the findings of a check of the database; none where the repo is unusable."""
    try:
        with examination.database.reading() as session:
            return list(look(session))
    except SQLAlchemyError as error:
        return [_unreadable(error)]
    except RepoUnusable:
        return []  # which `_repo` finds


def _backlog(examination: Examination, now: datetime) -> list[Finding]:
    file = examination.policy_file
    policy = file.policy if file else None
    return _of_rows(
        examination, lambda session: backlog_findings(session, now, examination.command, policy)
    )


def _repo(examination: Examination) -> Iterator[Finding]:
    """Yield what is wrong with the repo, and what it lacks unless it is away.

    An admin should not make manifests in the empty folder where it should be mounted.
    """
    is_usable = True
    try:
        examination.repo.now().check()
    except MissingAlways:
        pass  # which the layout tells
    except RollcallError as error:
        is_usable = False
        fix = "Mount it, or see to its permissions; Macs are told to come back until then."
        yield Finding(REPO, str(error), fix)
    try:
        yield from audit.look_through(examination.repo.store, examination.repo.now().layout)
    except RollcallError as error:
        if not is_usable:
            return  # of the same repo that is away
        yield Finding(REPO, str(error), "Mount it, or see to its permissions.")
    yield from _layout(examination)


def _layout(examination: Examination) -> Iterator[Finding]:
    view = examination.repo.now()
    try:
        yield from view.keeps_out()
        yield from not_offered(view.places)
    except RepoUnusable:
        return  # which is found already


def _names(examination: Examination) -> list[Finding]:
    def look(session: Session) -> Iterator[Finding]:
        return computer_names.look_through(session, examination.repo.now().namesakes())

    return _of_rows(examination, look)


def _registrations(examination: Examination, now: datetime) -> Iterator[Finding]:
    advice = newer_manifests.Advice(examination.command, examination.url)
    try:
        with examination.database.reading() as session:
            yield from layout_change.findings(session, examination.repo.now().layout)
            yield from places.findings(session, examination.repo, examination.command)
        yield from copies.left_over(examination.database, examination.repo.store, now)
        yield from newer_manifests.compare(examination.database, examination.repo, advice, now)
    except SQLAlchemyError as error:
        yield _unreadable(error)
    except RollcallError as error:
        fact = f"Registrations and manifests could not be compared: {error}"
        yield Finding("registrations", fact, "")


def _drifts(examination: Examination) -> list[Finding]:
    def look(session: Session) -> Iterator[Finding]:
        for drift, mac in drifts.newest(session, MAX_DRIFTS):
            fact = drifts.sentence(drift, mac)
            fix = f"Put it back or take it over: `{examination.command} show {mac.name}`."
            yield Finding("drifts", fact, fix)

    return _of_rows(examination, look)


def _swapped_boards(examination: Examination, now: datetime) -> list[Finding]:
    def look(session: Session) -> Iterator[Finding]:
        for swap in replacing.unheard(session, before=now - replacing.MAX_SILENCE):
            yield Finding(
                "swapped boards",
                f"The board of {swap.old_name} was swapped on {swap.at:%Y-%m-%d}, and the Mac was "
                f"not heard as {swap.new_name} since: the manifest of {swap.old_name} is still "
                "kept in sync.",
                f"Have the Mac fetch its script and run it; or, where Munki there asks for "
                f"{swap.new_name} already, remove the manifest of {swap.old_name}.",
            )

    return _of_rows(examination, look)


def _templates(examination: Examination) -> Iterator[Finding]:
    from provisioning.clients import check  # noqa: PLC0415 # only for who looks

    try:
        yield from check.findings(examination.repo, examination.templates)
        yield from check.findings_of_imagr(examination.repo, examination.templates)
    except RollcallError as error:
        if not isinstance(error, RepoUnusable):  # which `_repo` finds
            yield Finding("templates", f"The templates cannot be looked at: {error}", "")


def _database(examination: Examination) -> Iterator[Finding]:
    has_clock = examination.database.engine.dialect.name == "postgresql"
    try:
        with examination.database.reading() as session:
            current = session.scalar(text("SELECT now()")) if has_clock else None
            now = examination.clock()  # only now: a large repo was looked through for minutes
            version = versions.of(session)
            exposed = exposures.recent(session, now) if version.is_ours else ()
    except SQLAlchemyError as error:
        reason = first_line(error)
        yield Finding(DATABASE, f"The database cannot be used: {reason}.", "")
    else:
        yield from endpoints.clock(current, now, "the database")
        if not version.is_ours:
            fix = "" if version.is_ahead else "Type `boot.sh migrate`."
            yield Finding(DATABASE, f"The database {version}.", fix)
        for each, at in exposed:
            fact = f"{each.fact} The last time was {at:%Y-%m-%d}."
            yield Finding("exposed credentials", fact, each.fix)


def _disk(examination: Examination) -> Iterator[Finding]:
    url = examination.database.engine.url
    is_file = url.get_backend_name() == "sqlite"
    if is_file and (kind := mounts.network_of(str(url.database), examination.mounted)):
        fact = f"The SQLite database {url.database} lies on a network mount ({kind})."
        yield Finding(DATABASE, fact, "Put it on a disk of this machine, or use PostgreSQL.")


def _addresses(examination: Examination, now: datetime) -> Iterator[Finding]:
    yield from map(endpoints.exposed_login, examination.logins)
    if examination.url:
        yield from endpoints.leads_here(examination.url, examination.installation, now)
    for url in dict.fromkeys((examination.url, examination.repo_url)):
        if url:
            yield from endpoints.certificate(url, now, is_asked=url == examination.url)
