"""A list of clients: credentials that were good within 30 days, with the addresses they came from.

Only a keyed hash of both is kept, so a copy of the database tells neither.
"""

import hmac
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.query_cache import QueryCache
from infrastructure.database.statements.dialects import upsert
from provisioning.access.models import KnownClient

RETENTION = timedelta(days=30)
MAX_CLIENTS = 10_000  # clients that are kept: of those that came last
MAX_NOTED = 5_000  # clients that a process remembers to have noted
NOTE_INTERVAL = timedelta(days=1).total_seconds()  # between two notes of one client
MAX_AGE, STALE = 5.0, 10.0  # seconds: see QueryCache
SIZE = 16  # bytes of a hash
PURPOSE = b"rollcall.known-clients"


class KnownClients:
    """The clients that were let in within 30 days. Threads may share one.

    The credential of a known client is still checked each time. `on_note` is called with the hash
    of a client that was let in, once a day, to record it.
    """

    def __init__(
        self,
        database: Database,
        secret_key: str,
        on_note: Callable[[bytes], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = hmac.digest(secret_key.encode(), PURPOSE, "sha256")
        self._tell, self._clock = on_note, clock
        # No TTLCache: an entry is compared with two ages.
        self._noted: dict[tuple[str, bytes], float] = {}
        self._kept: QueryCache[frozenset[bytes]] = QueryCache(
            database,
            recent,
            name="known clients",
            first=frozenset(),
            max_age=MAX_AGE,
            max_stale_age=STALE,
            clock=clock,
        )

    def is_known(self, address: str, credential: bytes) -> bool:
        """True if this process or the database knows a client, by its address and a digest."""
        noted = self._noted.get((address, credential))
        if noted is not None and self._clock() - noted < RETENTION.total_seconds():
            return True
        return self._hash(address, credential) in self._kept.current()

    def is_noted(self, address: str, credential: bytes) -> bool:
        """True if this process noted a client within the last day. Cheap: every call asks."""
        noted = self._noted.get((address, credential))
        return noted is not None and self._clock() - noted < NOTE_INTERVAL

    def note(self, address: str, credential: bytes) -> None:
        """Note that a client was let in."""
        if self.is_noted(address, credential):
            return
        if len(self._noted) >= MAX_NOTED:
            self._noted.clear()
        self._noted[address, credential] = self._clock()
        self._tell(self._hash(address, credential))

    def _hash(self, address: str, credential: bytes) -> bytes:
        return hmac.digest(self._key, f"{address}\n".encode() + credential, "sha256")[:SIZE]


def recent(session: Session) -> frozenset[bytes]:
    """Return the hashes of the clients of the last 30 days, the newest MAX_CLIENTS of them."""
    since = datetime.now(UTC) - RETENTION
    table = KnownClient.__table__
    rows = select(table.c.digest).where(table.c.last_good_at >= since)
    return frozenset(session.scalars(rows.order_by(table.c.last_good_at.desc()).limit(MAX_CLIENTS)))


def note(session: Session, digests: Iterable[bytes], at: datetime) -> None:
    """Record clients that were let in at `at`; delete the old ones, and those beyond the limit."""
    insert = upsert(session, KnownClient)
    keeping = insert.on_conflict_do_update(
        index_elements=[KnownClient.digest], set_={"last_good_at": insert.excluded.last_good_at}
    )
    for digest in sorted(digests):  # in one order, so that two servers never wait for each other
        session.execute(keeping.values(digest=digest, last_good_at=at))
    forget(session, at)


def forget(session: Session, now: datetime, *, limit: int = MAX_CLIENTS) -> None:
    """Delete clients older than RETENTION, and the oldest beyond `limit`."""
    newest_first = select(KnownClient.last_good_at).order_by(KnownClient.last_good_at.desc())
    beyond = session.scalar(newest_first.offset(limit).limit(1))
    session.execute(delete(KnownClient).where(KnownClient.last_good_at < now - RETENTION))
    if beyond is not None:
        session.execute(delete(KnownClient).where(KnownClient.last_good_at <= beyond))
