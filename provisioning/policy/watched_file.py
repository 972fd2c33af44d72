"""A policy file that may change while Rollcall runs."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from infrastructure.filesystem import plain
from provisioning.policy.errors import UnusablePolicy
from provisioning.policy.loading import load
from provisioning.policy.policy import Policy

INTERVAL = 1.0  # seconds between looks at the file
_EMPTIED = "says nothing any more; write `admins = []` where everybody may do everything"


class PolicyFile:
    """A policy file that is read again when it changes. Threads may share one.

    Without a path everything is allowed. The last good policy stays in force while the file is
    unusable, says nothing any more, as where it is being written or the disk was full, or has
    another `munki.root` than the open one; `fault` is then the error, and `tell` is called with it
    once, and with None once the file is good again.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        tell: Callable[[UnusablePolicy | None], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the file. Raises UnusablePolicy: there is no good policy to go on with yet."""
        self._path, self._tell, self._clock = path, tell, clock
        self._seen, self._looked = path and plain.version_of(path), clock()
        self._policy = load(path) if path else Policy.open()
        self._fault: UnusablePolicy | None = None
        self._looking = Lock()

    @property
    def policy(self) -> Policy:
        """The policy in force. Looks at the file at most once a second, and never waits for it."""
        if self._path and self._looking.acquire(blocking=False):
            try:
                self._look(self._path)
            finally:
                self._looking.release()
        return self._policy

    @property
    def says_nothing(self) -> bool:
        """True where there is a file, and nothing in it since the start: all may do everything."""
        return self._path is not None and not self._policy.model_fields_set

    @property
    def fault(self) -> UnusablePolicy | None:
        """The fault of the file now; None where the policy in force is the file's."""
        return self._fault

    def _look(self, path: Path) -> None:
        now = self._clock()
        if now - self._looked < INTERVAL:
            return
        self._looked = now
        # Before reading: what is written meanwhile is seen next time.
        state = plain.version_of(path)
        if state == self._seen:
            return
        self._seen = state
        self._read(path)

    def _read(self, path: Path) -> None:
        before = self._fault
        try:
            policy = load(path, self._policy.munki.root)
            if self._policy.model_fields_set and not policy.model_fields_set:
                raise UnusablePolicy([f"{path.name} {_EMPTIED}"])
            self._policy, self._fault = policy, None
        except UnusablePolicy as fault:
            self._fault = fault
        if str(self._fault) != str(before):
            self._tell(self._fault)
