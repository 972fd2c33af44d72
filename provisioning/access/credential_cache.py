"""A cache of all credentials, read again from the database every second."""

import time
from collections.abc import Callable
from threading import Lock

from cachetools import TTLCache

from infrastructure.database.engine import Database
from infrastructure.database.query_cache import QueryCache
from provisioning.access import credentials
from provisioning.access.credentials import CredentialGrant

MAX_AGE = 1.0  # seconds until the credentials are read again in the background
STALE = 1.8  # seconds after which a request waits until they are read again
NOTE_INTERVAL = 300.0  # seconds between two notes that one credential is used
MAX_CREDENTIALS = 10_000  # credentials whose last note is remembered


class CredentialCache:
    """A cache of credentials. Threads may share one; one request a second runs a query.

    Credentials that were made or revoked by any process take effect within two seconds. While the
    database cannot be read, the last state stays in force. `used` is called with the id of a
    credential in use, once in each NOTE_INTERVAL.
    """

    def __init__(
        self,
        database: Database,
        used: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._used = used
        self._known = QueryCache(
            database,
            credentials.known,
            name="credentials",
            max_age=MAX_AGE,
            max_stale_age=STALE,
            clock=clock,
        )
        self._noted: TTLCache[int, None] = TTLCache(MAX_CREDENTIALS, NOTE_INTERVAL, timer=clock)
        self._lock = Lock()

    def opened(self, key: str, *opens: str) -> CredentialGrant | None:
        """Return the grant of `key`; None where it is not a valid key for one of `opens`.

        Raises SQLAlchemyError where the database could never be read.
        """
        if not credentials.is_key(key):
            return None
        grant = credentials.find(self._known.current(), key, *opens)
        if grant is not None:
            self._note(grant.id)
        return grant

    def has_any(self, opens: str) -> bool:
        """Return True if there is a valid key for this.

        Raises SQLAlchemyError where the database could never be read.
        """
        return any(grant.opens == opens for grant in self._known.current().values())

    def _note(self, credential_id: int) -> None:
        if credential_id in self._noted:
            return
        with self._lock:
            self._noted[credential_id] = None
        self._used(credential_id)
