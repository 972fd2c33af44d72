"""The keys that a process knows: looked up in memory, read again every second."""

import time
from collections.abc import Callable

from infrastructure.database.engine import Database
from infrastructure.database.query_cache import QueryCache
from provisioning.access import credentials
from provisioning.access.credentials import Opened

FRESH = 1.0  # seconds for which nobody looks again
STALE = 1.8  # seconds after which nobody is let in before somebody has looked again
NOTED = 300.0  # seconds between two notes that one key is used


class CredentialCache:
    """Says what a key opens. Threads may share one; no request but one a second runs a query.

    What was made or revoked anywhere is known within two seconds. Where the database cannot be
    read, what was known stays known: nobody can revoke anything then. `used` is told the id of
    a credential that is used, every few minutes.
    """

    def __init__(
        self,
        database: Database,
        used: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._used, self._clock = used, clock
        self._known = QueryCache(
            database, credentials.known, name="credentials", fresh=FRESH, stale=STALE, clock=clock
        )
        self._noted: dict[int, float] = {}

    def opened(self, key: str, *opens: str) -> Opened | None:
        """Return what `key` opens; None where it is no good key for one of `opens`.

        Raises SQLAlchemyError where the database never could be read.
        """
        if not credentials.is_key(key):
            return None
        found = credentials.find(self._known.current(), key, *opens)
        if found is not None:
            self._note(found.id)
        return found

    def _note(self, credential_id: int) -> None:
        now = self._clock()
        noted = self._noted.get(credential_id)
        if noted is None or now - noted >= NOTED:
            self._noted[credential_id] = now
            self._used(credential_id)
