"""A watcher that keeps the clone up to date in the background, and small."""

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread

import structlog

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.base import faults
from provisioning.munki.storage.git.clone import Clone
from provisioning.munki.storage.git.program import Git
from provisioning.munki.storage.git.session import exclusive

log = structlog.get_logger()

# Every commit leaves four files in the clone, one of them as long as the folder.
MANY = 8  # files in one of 256 folders of equal size: some 2,000 in all
PACK_TIMEOUT = 600  # seconds


@dataclass(frozen=True, slots=True)
class RefreshPace:
    """Limits on the age of a clone, in seconds.

    A read of a clone that is older than `soon` starts a fetch; one that is older than `latest` also
    waits for it, for a `moment` at most, or for `first` seconds where there is no clone yet.
    """

    soon: float = 2.5
    latest: float = 4.5
    moment: float = 2.0
    first: float = 10.0


PACE = RefreshPace()


class CloneWatcher:
    """A watcher that fetches from the remote while its clone is used, and not otherwise.

    A remote that is down delays no reads: they use the state of the last fetch.
    """

    def __init__(self, copy: Clone, pace: RefreshPace) -> None:
        self.fault: str | None = None  # the reason why the last fetch failed
        self._copy, self._pace = copy, pace
        self._gate = Lock()
        self._look: Event | None = None  # set once the present look has ended
        self._began = self._ended = float("-inf")

    def keep_up(self) -> None:
        """Bring the clone up to date, to within a few seconds, where that does not take long."""
        age = self._copy.age()
        if age < self._pace.soon:
            return
        look = self._looking()
        if look is not None and age > self._pace.latest:
            timeout = self._pace.moment if self._copy.generation() else self._pace.first
            look.wait(max(0.0, self._began + timeout - time.monotonic()))

    def _looking(self) -> Event | None:
        """The fetch that is running; None where it is too early for another."""
        with self._gate:
            now = time.monotonic()
            is_lost = self.fault is None and not self._copy.generation()
            if self._look is None and (is_lost or now - self._ended > self._pace.soon):
                self._look, self._began = Event(), now
                Thread(target=self._run, args=(self._look,), daemon=True).start()
            return self._look

    def _run(self, look: Event) -> None:
        try:
            with exclusive(self._copy) as clone:
                # Unless another process has looked meanwhile.
                if self._copy.age() >= self._pace.soon:
                    clone.refresh()
            self._settle(None)
        except RepoUnusable as error:
            self._settle(error.reason)
        finally:
            with self._gate:
                self._look, self._ended = None, time.monotonic()
            look.set()
        with suppress(RepoUnusable):  # then it stays as it is until the next look
            pack(self._copy)

    def _settle(self, fault: str | None) -> None:
        if fault is not None and fault != self.fault:
            log.warning("munki repo not reached", reason=fault)
        elif fault is None and self.fault is not None:
            log.info("munki repo reached again")
        self.fault = fault


def pack(copy: Clone) -> None:
    """Pack the clone where it has become many files, unless another process does.

    Readers and writers go on meanwhile. Raises RepoUnusable.
    """
    if not _is_due(copy):
        return
    with faults():
        lock = os.open(f"{copy.folder}/packing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        git = Git(copy.environment, keeps=(lock,))
        # Refs are not packed, so that it takes no lock that a writer would take for a dead one's.
        git.must("-c", "gc.packRefs=false", "gc", "--quiet", "--force", seconds=PACK_TIMEOUT)
    except BlockingIOError:
        pass
    finally:
        os.close(lock)


def _is_due(copy: Clone) -> bool:
    try:
        return len(os.listdir(f"{copy.repository}/objects/17")) > MANY
    except OSError:
        return False
