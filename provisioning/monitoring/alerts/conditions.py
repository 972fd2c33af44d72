"""Conditions that are alerts: of the installation, by its database, and of this machine."""

import os
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.execution.loop import utc_now
from infrastructure.findings import Finding
from infrastructure.heartbeats import store
from infrastructure.heartbeats.trials import HangGuard
from infrastructure.jobs import schedule
from infrastructure.text import minute
from provisioning.monitoring.alerts.alert import Alert, Condition
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoReadOnly, RepoUnusable
from provisioning.outbox import claims
from provisioning.outbox.models import MAIL, SLACK

MAX_WAIT = timedelta(minutes=10)  # after which a message that could be sent is an alert
LEAST_SHARE, LEAST_BYTES = 0.1, 2**30  # of a disk that are free
SMALL_SHARE = 0.25  # of a disk so small that it could not have LEAST_BYTES free for long
EXPIRES_SOON = timedelta(days=14)
CERTIFICATE_INTERVAL = timedelta(hours=1)  # between two looks at a certificate
RENEW = "Renew it; Macs refuse an expired one, and nobody sees why."
KNOW_AUTHORITY = (
    "Where it is of an authority of your own, name that in SSL_CERT_FILE (docs/how-to/compose.md "
    "says how); else have the proxy send the whole chain."
)
_UNKNOWN_AUTHORITY = (18, 19, 20, 21)  # OpenSSL's codes for a chain that ends nowhere
# The key, the fact and the fix of an alert about messages that wait, by their transport.
_LATE = {
    SLACK: (
        "outbox",
        "Messages for Slack are pending",
        "Is the relay running, and is Slack up?",
    ),
    MAIL: (
        "mail",
        "Mail is pending",
        "Is the relay running, and does the mail server take mail? The relay's log says why not.",
    ),
}
TRIAL = "alerts"  # the name of the row that is written as a trial


def silence(database: Database, absences: Callable[[Session], Collection[Finding]]) -> Condition:
    """Return the condition that a process is missing: one of `absences`. Raises SQLAlchemyError."""

    def silent(now: datetime) -> Iterator[Alert]:
        with database.reading() as session:
            findings = absences(session)
        return (
            Alert(f"{each.kind} {each.message}", each.message, each.fix, now) for each in findings
        )

    return silent


def waiting(
    database: Database,
    transport: str = SLACK,
    present: Callable[[Session], datetime] = store.present,
) -> Condition:
    """Return the condition that a message has been waiting for MAX_WAIT. Raises SQLAlchemyError.

    `present` is the clock: the database's, as that of this machine may be ahead. There is none
    for webhooks: their receivers are programs of others, and may be down for days.
    """
    key, fact, fix = _LATE[transport]

    def late(_: datetime) -> Iterator[Alert]:
        with database.reading() as session:
            now = present(session)
            since = claims.pending_since(session, now, transport)
        if since is not None and now - since > MAX_WAIT:
            yield Alert(key, f"{fact} since {minute(since)}.", fix, since)

    return late


def unusable_database(database: Database) -> Condition:
    """Return the condition that the database cannot be written to from this machine."""

    def write() -> str:
        try:
            with database.begin() as session:
                now = utc_now()
                schedule.lock_last_run(session, TRIAL, now)
                schedule.note(session, TRIAL, now)
            database.try_disk()
        except (SQLAlchemyError, OSError) as error:
            return first_line(error)
        return ""

    fix = "Does it run, and has its disk room? /readyz of a server says the same."
    return _of_machine("database", write, "cannot use its database", fix)


def unusable_repo(repo: MunkiRepo) -> Condition:
    """Return the condition that the Munki repo cannot be used from this machine."""

    def write() -> str:
        try:
            repo.now().check()
        except RepoReadOnly:
            return ""
        except RepoUnusable as error:
            return error.reason
        return ""

    fix = "Look at the mount, the remote or the bucket; /readyz of a server says the same."
    return _of_machine("repo", write, "cannot use the Munki repo", fix)


def full_disk(
    folder: Path, usage_of: Callable[[Path], os.statvfs_result] = os.statvfs
) -> Condition:
    """Return the condition that the disk of a folder is nearly full, of bytes or of files."""

    def look() -> str:
        try:
            usage = usage_of(folder)
        except OSError:
            return ""  # other alerts, of the database or the repo, say so
        total, free = usage.f_blocks * usage.f_frsize, usage.f_bavail * usage.f_frsize
        least = max(total * LEAST_SHARE, min(LEAST_BYTES, total * SMALL_SHARE))
        if free < least or not free:
            size = f"{free / 2**20:.0f} MiB" if free < 2**30 else f"{free / 2**30:.1f} GiB"
            share = free * 100 // max(total, 1)
            return f"{size} ({share} %) of the disk of {folder} are free"
        files, free = usage.f_files, usage.f_favail  # none on a disk that does not count them
        if free < files * LEAST_SHARE:
            share = free * 100 // files
            return f"{free:,} ({share} %) of the files are left that the disk of {folder} can have"
        return ""

    key = f"disk {os.fspath(folder)}"
    return _of_machine(key, look, "runs out of disk", "Make room on it.")


def ending_certificate(url: str, expiry: Callable[[str], datetime | None]) -> Condition:
    """Return the condition that the certificate of a URL ends soon, or has ended.

    `expiry` returns the moment, None where there is none. It raises ssl.SSLError, and OSError where
    there is no answer, which is no alert of this kind.
    """
    looked_at: list[datetime] = []
    found: list[Alert] = []

    def look(now: datetime) -> Iterator[Alert]:
        if not looked_at or abs(now - looked_at[0]) > CERTIFICATE_INTERVAL:
            looked_at[:], found[:] = [now], _certificate(url, expiry, now)
        return iter(found)

    return look


def _certificate(
    url: str, expiry: Callable[[str], datetime | None], now: datetime
) -> Iterator[Alert]:
    host = socket.gethostname()
    try:
        until = expiry(url)
    except ssl.SSLError as error:
        reason, fix = why_refused(error)
        fact = f"Rollcall on {host} refuses the certificate of {url} ({reason})."
        yield Alert(f"certificate {url}", fact, fix, now)
    except OSError:
        return
    else:
        if until is not None and until - now < EXPIRES_SOON:
            fact = f"Rollcall on {host} sees a certificate of {url} that ends on {until:%Y-%m-%d}."
            yield Alert(f"certificate {url}", fact, RENEW, now)


def why_refused(error: ssl.SSLError) -> tuple[str, str]:
    """Return the reason why a certificate is refused, and the fix."""
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    is_unknown = getattr(error, "verify_code", None) in _UNKNOWN_AUTHORITY
    return reason, KNOW_AUTHORITY if is_unknown else RENEW


def _of_machine(key: str, look: Callable[[], str], phrase: str, fix: str) -> Condition:
    """Return a condition of this machine: `look` returns the reason for an alert, or "".

    Where `look` hangs, that is the reason.
    """
    host = socket.gethostname()
    guard = HangGuard(look, lambda seconds: f"no answer for {seconds:.0f} s")

    def found(now: datetime) -> Iterator[Alert]:
        if reason := guard.answer():
            yield Alert(key, f"Rollcall on {host} {phrase}: {reason}.", fix, now)

    return found
