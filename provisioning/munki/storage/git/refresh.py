"""Keeping the clone as new as the remote, in the background, in nobody's way for long."""

import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread

import structlog

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.git import packs
from provisioning.munki.storage.git.clone import Copy
from provisioning.munki.storage.git.session import exclusive

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How old a clone may become, in seconds.

    Whoever uses one that was made `soon` ago has the remote looked at; after `latest` they wait for
    it, for a `moment` at the most, or for the `first` look while there is nothing to read at all.
    """

    soon: float = 2.5
    latest: float = 4.5
    moment: float = 2.0
    first: float = 10.0


PACE = Pace()


class CloneWatcher:
    """Looks at the remote while its clone is used, and not otherwise.

    A remote that is down holds nobody up: reads go on from what was seen last.
    """

    def __init__(self, copy: Copy, pace: Pace) -> None:
        self.fault: str | None = None  # why the last look failed
        self._copy, self._pace = copy, pace
        self._gate = Lock()
        self._look: Event | None = None  # set once the present look has ended
        self._began = self._ended = float("-inf")

    def keep_up(self) -> None:
        """Have the clone be what the remote was a few seconds ago, where that can be had soon."""
        age = self._copy.age()
        if age < self._pace.soon:
            return
        look = self._looking()
        if look is not None and age > self._pace.latest:
            patience = self._pace.moment if self._copy.generation() else self._pace.first
            look.wait(max(0.0, self._began + patience - time.monotonic()))

    def _looking(self) -> Event | None:
        """The look that is under way; None where it is too soon for another."""
        with self._gate:
            now = time.monotonic()
            is_lost = self.fault is None and not self._copy.generation()
            if self._look is None and (is_lost or now - self._ended > self._pace.soon):
                self._look, self._began = Event(), now
                Thread(target=self._run, args=(self._look,), daemon=True).start()
            return self._look

    def _run(self, look: Event) -> None:
        try:
            with exclusive(self._copy) as held:
                # Unless another process has looked meanwhile.
                if self._copy.age() >= self._pace.soon:
                    held.refresh()
            self._settle(None)
        except RepoUnusable as error:
            self._settle(error.reason)
        finally:
            with self._gate:
                self._look, self._ended = None, time.monotonic()
            look.set()
        with suppress(RepoUnusable):  # then it stays as it is until the next look
            packs.pack(self._copy)

    def _settle(self, fault: str | None) -> None:
        if fault is not None and fault != self.fault:
            log.warning("munki repo not reached", reason=fault)
        elif fault is None and self.fault is not None:
            log.info("munki repo reached again")
        self.fault = fault
