"""Ledgers of alerts that were sent: in the database, and in a file for while that is down."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import add_new, changed
from infrastructure.heartbeats import files
from provisioning.monitoring.alerts.alert import Alert
from provisioning.monitoring.alerts.models import SentAlert

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # longer than telling takes; then another process may tell it


class Ledger(Protocol):
    """A list of alerts that were sent, or that no target took, and whose end was not sent."""

    def told(self) -> Mapping[str, Alert]:
        """Return the alerts that were sent, by their keys."""

    def untaken(self) -> Mapping[str, Alert]:
        """Return the alerts that no target took, by their keys."""

    def claim(self, alert: Alert, now: datetime) -> bool:
        """Return True if it is for the caller to send the beginning or the end of an alert."""

    def begin(self, alert: Alert, now: datetime) -> None:
        """Record that an alert was sent."""

    def put_back(self, alert: Alert, now: datetime) -> None:
        """Record that no target took a claimed alert, which anybody may claim again."""

    def end(self, alert: Alert) -> None:
        """Remove an alert, whose end was sent."""


class DatabaseLedger:
    """A ledger that all machines share. Raises SQLAlchemyError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self) -> Mapping[str, Alert]:
        """Return the alerts that any machine has sent."""
        return self._alerts(SentAlert.told_at.is_not(None))

    def untaken(self) -> Mapping[str, Alert]:
        """Return the alerts that were claimed by any machine, and taken by no target."""
        return self._alerts(SentAlert.told_at.is_(None))

    def _alerts(self, condition: ColumnElement[bool]) -> Mapping[str, Alert]:
        with self._database.reading() as session:
            rows = session.scalars(select(SentAlert).where(condition))
            return {row.key: Alert(row.key, row.fact, row.fix, row.since) for row in rows}

    def claim(self, alert: Alert, now: datetime) -> bool:
        """Claim an alert for this process, unless another one has it."""
        with self._database.begin() as session:
            is_new = add_new(session, SentAlert, **asdict(alert), claimed_at=now)
            return is_new or _is_free(session, alert, now)

    def begin(self, alert: Alert, now: datetime) -> None:
        """Note that an alert was sent."""
        with self._database.begin() as session:
            is_it = SentAlert.key == alert.key
            session.execute(update(SentAlert).where(is_it).values(told_at=now))

    def put_back(self, alert: Alert, now: datetime) -> None:
        """Note that no target took an alert: another process may claim it."""
        with self._database.begin() as session:
            is_it = SentAlert.key == alert.key
            session.execute(update(SentAlert).where(is_it).values(claimed_at=now - 2 * LEASE))

    def end(self, alert: Alert) -> None:
        """Remove an alert that is over."""
        with self._database.begin() as session:
            session.execute(delete(SentAlert).where(SentAlert.key == alert.key))


def _is_free(session: Session, alert: Alert, now: datetime) -> bool:
    # Also one of the future: it was claimed before the clock was set back.
    free = (SentAlert.claimed_at < now - LEASE) | (SentAlert.claimed_at > now)
    claiming = update(SentAlert).where(SentAlert.key == alert.key, free)
    return changed(session, claiming.values(claimed_at=now)) == 1


class FileLedger:
    """A ledger of this machine in the file `path`, for one process at a time.

    It is read each time: another process may have taken over meanwhile. Where the file cannot be
    written, the list stays in memory, as alerts do that no target took.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten: dict[str, Alert] | None = None
        self._untaken: dict[str, Alert] = {}

    def told(self) -> Mapping[str, Alert]:
        """Return the alerts that this machine has sent."""
        return _read(self._path) if self._unwritten is None else self._unwritten

    def untaken(self) -> Mapping[str, Alert]:
        """Return the alerts that no target took."""
        return self._untaken

    def claim(self, alert: Alert, now: datetime) -> bool:  # noqa: ARG002 - a ledger's
        """Return True: no other process of this machine sends alerts."""
        return True

    def begin(self, alert: Alert, now: datetime) -> None:  # noqa: ARG002 - a ledger's
        """Note that an alert was sent."""
        self._untaken.pop(alert.key, None)
        self._write({**self.told(), alert.key: alert})

    def put_back(self, alert: Alert, now: datetime) -> None:  # noqa: ARG002 - a ledger's
        """Note that no target took an alert."""
        self._untaken[alert.key] = alert

    def end(self, alert: Alert) -> None:
        """Remove an alert that is over."""
        self._untaken.pop(alert.key, None)
        self._write({key: each for key, each in self.told().items() if key != alert.key})

    def _write(self, alerts: dict[str, Alert]) -> None:
        self._unwritten = alerts
        rows = [asdict(alert) | {"since": alert.since.isoformat()} for alert in alerts.values()]
        fresh = self._path.with_suffix(".new")
        try:
            files.make_private(self._path.parent)
            fresh.write_text(json.dumps(rows))
            fresh.replace(self._path)
            self._unwritten = None
        except OSError as error:
            log.warning("alerts cannot be noted", reason=str(error))


def _read(path: Path) -> dict[str, Alert]:
    with suppress(OSError, ValueError, TypeError, KeyError):
        files.make_private(path.parent)
        rows = [
            Alert(**{**row, "since": datetime.fromisoformat(row["since"])})
            for row in json.loads(path.read_text())
        ]
        return {alert.key: alert for alert in rows}
    return {}
