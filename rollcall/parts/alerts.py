"""The composition of alerts: their targets, and the conditions of each process."""

import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.database.sqlite import sqlite_files
from infrastructure.execution.loop import utc_now
from infrastructure.findings import Finding
from provisioning.diagnostics import absences, endpoints
from provisioning.monitoring.alerts import conditions
from provisioning.monitoring.alerts.ledgers import DatabaseLedger, FileLedger
from provisioning.monitoring.alerts.targets import AlertWebhook, Mail, Target, Watchdog
from provisioning.monitoring.alerts.watcher import AlertWatcher, Watch
from provisioning.outbox.models import MAIL
from rollcall.parts import heartbeats
from rollcall.parts.shared import SharedParts
from rollcall.settings import PublishedSettings, Settings, without_login

if TYPE_CHECKING:
    from provisioning.monitoring.alerts.alert import Condition


def targets(settings: Settings) -> list[Target]:
    """Return the targets of alerts; empty where there are none."""
    found: list[Target] = []
    if settings.alert_url is not None:
        found.append(AlertWebhook(settings.alert_url.get_secret_value()))
    if settings.smtp_url is not None and settings.receivers:
        url, sender = settings.smtp_url.get_secret_value(), settings.mail_from or ""
        found.append(Mail(url, sender, settings.receivers))
    return found


def watchdog(settings: Settings) -> Watchdog | None:
    """Return the watchdog; None where there is none."""
    return Watchdog(settings.alive_url.get_secret_value()) if settings.alive_url else None


def start(shared: SharedParts, settings: Settings) -> list[AlertWatcher]:
    """Start the watchers of a process, and return them."""
    folder, parts = heartbeats.folder(), heartbeats.expected_parts()
    started = list(watchers(shared, settings, folder, parts))
    for watcher in started:
        watcher.start()
    return started


def watchers(
    shared: SharedParts,
    settings: Settings,
    folder: Path,
    parts: Collection[str],
    timer: Callable[[], float] = time.monotonic,
) -> Iterator[AlertWatcher]:
    """Yield the watchers of a process: of its machine, of the installation, of the Munki repo.

    Each is a thread of its own, so that a database or a mount that hangs delays no other. The repo
    is watched where it may be written: the `settings` are those of a server or of the job runner.
    `folder` is this machine's; `parts` are what the installation has to run; `timer` is in seconds.
    """
    told, dog = targets(settings), watchdog(settings)
    of_machine = settings.alert_folder or folder
    if told or dog:
        ledger = FileLedger(of_machine / "alerts.told")
        watch = Watch(list(_of_machine(shared, settings)), ledger, timer)
        yield AlertWatcher(watch, told, of_machine / "alerts.lock", dog, timer=timer)
    if not told:
        return
    of_all = list(_of_installation(shared, settings, parts))
    watch = Watch(of_all, DatabaseLedger(shared.database), timer)
    # Not in a shared folder: the database sees that each is sent once, by any machine.
    yield AlertWatcher(watch, told, folder / "alerts-of-all.lock")
    if isinstance(settings, PublishedSettings) and shared.role in ("server", "jobs"):
        of_repo = list(_of_repo(shared, settings))
        watch = Watch(of_repo, FileLedger(of_machine / "alerts-of-repo.told"), timer)
        yield AlertWatcher(watch, told, of_machine / "alerts-of-repo.lock")


def findings(shared: SharedParts, settings: PublishedSettings) -> list[Finding]:
    """Return what is wrong at this moment with the database and the disks of this machine."""
    looks = [*_of_machine(shared, settings), *_disk_of_repo(settings)]
    alerts = (alert for look in looks for alert in look(utc_now()))
    return [Finding(f"the {alert.key}", alert.fact, alert.fix) for alert in alerts]


def _of_machine(shared: SharedParts, settings: Settings) -> "Iterator[Condition]":
    yield conditions.unusable_database(shared.database)
    if path := sqlite_files.path_of(settings.database_url):
        yield conditions.full_disk(Path(path).absolute().parent)


def _of_installation(
    shared: SharedParts, settings: Settings, parts: Collection[str]
) -> "Iterator[Condition]":
    yield conditions.silence(shared.database, partial(absences, parts=parts))
    yield conditions.waiting(shared.database)
    if settings.smtp_url is not None:
        yield conditions.waiting(shared.database, MAIL)


def _of_repo(shared: SharedParts, settings: PublishedSettings) -> "Iterator[Condition]":
    yield conditions.unusable_repo(shared.repo)
    yield from _disk_of_repo(settings)
    for url in (getattr(settings, "url", None), settings.repo_url):
        if url is not None and url.scheme == "https":
            yield conditions.ending_certificate(without_login(url) or "", endpoints.expiry)


def _disk_of_repo(settings: PublishedSettings) -> "Iterator[Condition]":
    if "://" not in settings.munki_repo:
        yield conditions.full_disk(Path(settings.munki_repo))
    elif settings.munki_repo.startswith("git+"):
        yield conditions.full_disk(settings.repo_copy)
