"""Watches and their watchers, which compare conditions with the alerts that were sent.

Each machine has one watcher of a kind at a time, in the process that holds a lock.
"""

import fcntl
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.errors import first_line
from infrastructure.execution.loop import PeriodicThread, utc_now
from infrastructure.heartbeats import files
from provisioning.monitoring.alerts.alert import BEGUN, OVER, Alert, AlertNotice, Condition
from provisioning.monitoring.alerts.ledgers import Ledger
from provisioning.monitoring.alerts.targets import NoticeRefused, Target, Watchdog, tell_all

log = structlog.get_logger()

INTERVAL = 15.0  # seconds from one look to the next
HOLD_TIME = 60.0  # seconds for which something has to be so before it is told
MAX_SILENCE = 180.0  # seconds without a look, after which the process that holds the lock hangs
PING_INTERVAL = 60.0  # seconds from one ping of the watchdog to the next


class Watch:
    """Conditions that are checked together, and the ledger of their alerts.

    A change that lasts less than HOLD_TIME is not sent. `timer` is in seconds.
    """

    def __init__(
        self,
        conditions: Sequence[Condition],
        ledger: Ledger,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._conditions, self._ledger, self._timer = conditions, ledger, timer
        self._since: dict[tuple[str, bool], tuple[float, datetime]] = {}

    def compare(self, targets: Sequence[Target], now: datetime) -> None:
        """Check the conditions, and send `targets` the changes. Raises SQLAlchemyError."""
        present = {alert.key: alert for each in self._conditions for alert in each(now)}
        told = self._ledger.told()
        known = {**self._ledger.untaken(), **told}
        begun = {key for key in present if key not in told}
        over = {key for key in known if key not in present}
        changes = {*((key, True) for key in begun), *((key, False) for key in over)}
        self._since = {each: self._since.get(each, (self._timer(), now)) for each in changes}
        for key, is_so in sorted(changes):
            seconds, first_seen = self._since[key, is_so]
            if self._timer() - seconds < HOLD_TIME:
                continue
            if is_so:
                alert = present[key]
                self._begin(targets, replace(alert, since=min(alert.since, first_seen)), now)
            else:
                self._end(targets, known[key], now)

    def _begin(self, targets: Sequence[Target], alert: Alert, now: datetime) -> None:
        """Send the beginning of an alert; where no target takes it, it or its end is sent later."""
        if self._ledger.claim(alert, now):
            if tell_all(targets, AlertNotice(alert, BEGUN)):
                self._ledger.begin(alert, now)
            else:
                self._ledger.put_back(alert, now)

    def _end(self, targets: Sequence[Target], alert: Alert, now: datetime) -> None:
        if self._ledger.claim(alert, now) and tell_all(targets, AlertNotice(alert, OVER)):
            self._ledger.end(alert)


class AlertWatcher(PeriodicThread):
    """A thread that compares a `watch`, in the process of a machine that holds the file `lock`.

    It sends notices to `targets`, and a sign of life to a `watchdog`. Once its process has ended,
    or has not looked for MAX_SILENCE, another process of the machine takes over.
    """

    def __init__(
        self,
        watch: Watch,
        targets: Sequence[Target],
        lock: Path,
        watchdog: Watchdog | None = None,
        *,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("alerts", self.look, INTERVAL)
        self._watch, self._targets, self._watchdog = watch, targets, watchdog
        self._lock_path, self._lock = lock, -1
        self._timer = timer
        self._pinged = float("-inf")

    def look(self) -> None:
        """Compare once, if this process holds the lock. Raises nothing."""
        if not self._is_chosen():
            return
        try:
            if self._targets:
                self._watch.compare(self._targets, utc_now())
        except SQLAlchemyError as error:  # another condition reports it
            log.warning("alerts cannot be compared", reason=first_line(error))
        except Exception:
            log.exception("unexpected error")
        self._ping()

    def _run(self) -> None:
        super()._run()
        self._release()

    def _is_chosen(self) -> bool:
        """Return True if this process holds the lock; its time is that of the last look."""
        try:
            files.make_private(self._lock_path.parent)
            if not _is_at(self._lock, self._lock_path):
                self._release()
                self._lock = _locked(self._lock_path)
            if self._lock >= 0:
                os.utime(self._lock)
        except OSError:
            return True  # a full disk is what is to be told: better twice than never
        return self._lock >= 0

    def _release(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    def _ping(self) -> None:
        if self._watchdog is None or self._timer() - self._pinged < PING_INTERVAL:
            return
        self._pinged = self._timer()
        try:
            self._watchdog.ping()
        except NoticeRefused as error:
            log.warning("watchdog not told", target=self._watchdog.name, reason=str(error))


def _is_at(descriptor: int, path: Path) -> bool:
    """Return True if an open file still is the one at `path`. Raises OSError."""
    with suppress(FileNotFoundError):
        return descriptor >= 0 and os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def _locked(path: Path) -> int:
    """Return the descriptor of a lock; -1 where a process holds it that looks. Raises OSError."""
    with suppress(FileNotFoundError):
        if abs(utc_now().timestamp() - path.stat().st_mtime) > MAX_SILENCE:
            path.unlink()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return -1
    except OSError:  # of a mount without locks
        os.close(descriptor)
        raise
    return descriptor
