"""Credentials as they are made, kept, remembered by a server, and revoked."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.credential_cache import MAX_AGE, STALE, CredentialCache
from provisioning.access.credentials import UnknownCredential
from provisioning.access.models import REPORTS, SCRIPTS, Credential
from provisioning.access.usage_log import UsageLog
from tests.provisioning.access.conftest import MakeKey
from tests.support.clocks import Seconds
from tests.support.fixtures.doors import NOON


@pytest.mark.postgresql(instead=True)
def test_only_the_digest_of_a_key_is_kept(database: Database, make_key: MakeKey) -> None:
    key = make_key()

    assert re.fullmatch(r"rollcall_[0-9a-f]{48}", key)
    assert make_key() != key
    with database.reading() as session:
        rows = session.scalars(select(Credential)).all()
        assert [row for row in rows if key in str(vars(row))] == []
        opened = credentials.find(credentials.known(session), key, SCRIPTS)
        assert credentials.find(credentials.known(session), key, REPORTS) is None
    assert opened is not None
    assert opened.site == "london"


@pytest.mark.postgresql(instead=True)
def test_a_key_whose_digest_only_begins_like_a_kept_one_opens_nothing(
    database: Database, make_key: MakeKey
) -> None:
    key = make_key()
    with database.reading() as session:
        among = credentials.known(session)
    assert credentials.find(among, key, SCRIPTS)

    for at, each in among.items():
        among[at] = replace(each, digest=each.digest[:-1] + "x")

    assert credentials.find(among, key, SCRIPTS) is None


@pytest.mark.postgresql(instead=True)
def test_a_credential_is_revoked_once_and_one_that_is_not_there_never(
    database: Database, make_key: MakeKey
) -> None:
    key = make_key()
    with database.begin() as session:
        [row] = credentials.listed(session)
        credentials.revoke(session, row.id, NOON)
        assert credentials.revoke(session, row.id, NOON + timedelta(days=1)).revoked_at == NOON
        assert credentials.find(credentials.known(session), key, SCRIPTS) is None
        with pytest.raises(UnknownCredential, match="There is no credential 99"):
            credentials.revoke(session, 99, NOON)


def revoke_newest(database: Database) -> None:
    """Have an admin revoke the key that was made last."""
    with database.begin() as session:
        credentials.revoke(session, credentials.listed(session)[0].id, NOON)


class Watch(Seconds):
    """A monotonic clock that stands until it is moved, and `hangs` for a thread that looks."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self.hangs = threading.Event()
        self.goes_on = threading.Event()
        self._slow: int | None = None

    def slow(self, ask: Callable[[], object]) -> threading.Thread:
        """Ask in a thread that looks for as long as the clock hangs."""
        thread = threading.Thread(target=ask, name="slow")
        thread.start()
        assert self.hangs.wait(30)
        return thread

    def __call__(self) -> float:
        if threading.current_thread().name == "slow":
            self._slow = (self._slow or 0) + 1
            if self._slow == 2:  # the first is before it looks
                self.hangs.set()
                self.goes_on.wait(60)
        return self.now


def test_a_keyring_asks_the_database_once_a_second_however_many_come(
    database: Database, make_key: MakeKey
) -> None:
    clock, used = Watch(), list[int]()
    key = make_key()
    keyring = CredentialCache(database, used.append, clock)
    assert keyring.opened(key, SCRIPTS)
    revoke_newest(database)

    clock.now += MAX_AGE - 0.01
    assert keyring.opened(key, SCRIPTS)
    clock.now += 0.02
    assert keyring.opened(key, SCRIPTS) is None
    assert used == [1]


def test_after_a_quiet_night_nobody_is_let_in_by_what_was_known_in_the_evening(
    database: Database, make_key: MakeKey
) -> None:
    """However many come at once, none of them goes by the old state."""
    clock = Watch()
    key = make_key()
    keyring = CredentialCache(database, clock=clock)
    assert keyring.opened(key, SCRIPTS)
    revoke_newest(database)

    clock.now += STALE
    said: list[object] = []
    one = clock.slow(lambda: said.append(keyring.opened(key, SCRIPTS)))
    other = threading.Thread(target=lambda: said.append(keyring.opened(key, SCRIPTS)))
    other.start()
    other.join(0.2)
    assert said == []
    clock.goes_on.set()
    one.join()
    other.join()
    assert said == [None, None]


@pytest.mark.parametrize("database_url", ["sqlite", "own_postgresql"], indirect=True)
def test_what_was_known_stays_known_while_the_database_is_away(
    database: Database, make_key: MakeKey
) -> None:
    clock = Watch()
    key = make_key()
    keyring = CredentialCache(database, clock=clock)
    assert keyring.opened(key, SCRIPTS)

    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE credentials RENAME TO away")
    clock.now += 10

    assert keyring.opened(key, SCRIPTS)


@pytest.mark.postgresql(instead=True)
def test_the_use_of_a_key_is_noted_in_nobodys_way_and_seldom(
    database: Database, make_key: MakeKey
) -> None:
    clock, used = Watch(), list[int]()
    key = make_key()
    keyring = CredentialCache(database, used.append, clock)
    for _ in range(60):
        keyring.opened(key, SCRIPTS)
        clock.now += 10
    assert len(used) == 2
    ledger = UsageLog(database)
    ledger.used(used[0])
    ledger.write()

    with database.reading() as session:
        at = credentials.listed(session)[0].used_at
    assert at is not None
    assert datetime.now(UTC) - at < timedelta(minutes=1)
