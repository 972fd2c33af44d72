"""Keys of sites, as Macs send them and as admins make them."""

import base64
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.credential_cache import MAX_AGE, STALE, CredentialCache
from provisioning.access.credentials import UnknownCredential
from provisioning.access.models import REPORTS, SCRIPTS, Credential
from provisioning.access.usage_log import UsageLog
from provisioning.munki import Destination
from provisioning.outbox.models import TROUBLE, Notification
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Registration
from provisioning.values.serials import parse_all
from tests.fakes.imagr.reports import Reporter
from tests.support.acting import did
from tests.support.fixtures.doors import NOON, Script
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}
PARIS = {"X-bootstrap-site": "paris", "X-bootstrap-build": "design"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def made(database: Database) -> Callable[..., str]:
    """Make a key, of London's scripts unless told otherwise."""

    def make(site: str | None = "london", opens: str = SCRIPTS) -> str:
        with database.begin() as session:
            return credentials.make(session, site, opens, NOON)

    return make


@pytest.fixture
def registered(database: Database) -> Callable[..., None]:
    """Alice registers a Mac, in one card."""

    def register(serial: str, site: str = "london") -> None:
        with database.begin() as session:
            registrations.register(
                session,
                parse_all([serial]),
                Destination(site, "design"),
                operation=did(session, "registered", by="U0ALICE"),
                channel=CHANNEL,
            )

    return register


def basic(key: str, username: str = "london") -> dict[str, str]:
    pair = base64.b64encode(f"{username}:{key}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def token_in(answer: TestResponse) -> str:
    found = re.search(r"^token=(\S+)$", answer.text, re.MULTILINE)
    assert found, answer.text
    return found[1]


def asks(client: FlaskClient, headers: dict[str, str], **fields: str) -> TestResponse:
    return client.post("/gen_manifest", headers=headers, data=fields)


def troubles(database: Database) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(select(Notification).where(Notification.kind == TROUBLE))
        return [row.facts["sentence"] for row in rows]


# A script


@pytest.mark.parametrize("sent", [basic, bearer, lambda key: basic(key, "whoever")])
@pytest.mark.parametrize("site", ["london", "LONDON"])
def test_a_sites_key_fetches_its_script_however_a_client_sends_it(
    client: FlaskClient, made: Callable[..., str], sent: Callable[[str], dict[str, str]], site: str
) -> None:
    answer = client.get("/", headers={**sent(made()), **LONDON, "X-bootstrap-site": site})

    assert answer.status_code == 200
    assert answer.text.startswith("#!/bin/sh\n")


def test_a_sites_key_fetches_no_script_of_another_site(
    client: FlaskClient, made: Callable[..., str]
) -> None:
    answer = client.get("/", headers={**basic(made()), **PARIS})

    assert answer.status_code == 403
    assert answer.text.startswith("This credential opens the site 'london' and no other")
    assert "'paris'" in answer.text


@pytest.mark.postgresql(instead=True)
def test_several_keys_of_a_site_are_good_at_a_time_and_one_of_all_sites_everywhere(
    client: FlaskClient, made: Callable[..., str]
) -> None:
    old, new, everywhere = made(), made(), made(None)

    for key in (old, new, everywhere):
        assert client.get("/", headers={**bearer(key), **LONDON}).status_code == 200
    assert client.get("/", headers={**bearer(everywhere), **PARIS}).status_code == 200


def test_the_servers_own_pair_opens_every_site_beside_them(
    script: Script, made: Callable[..., str]
) -> None:
    made()

    for site in ("london", "paris"):
        answer = script.fetch(X_bootstrap_site=site, X_bootstrap_build="design")
        assert answer.status_code == 200


def test_a_key_that_is_wrong_in_any_way_opens_nothing(
    client: FlaskClient, made: Callable[..., str]
) -> None:
    key = made()
    reports = made(opens=REPORTS)
    odd = [key[:-1], key + "0", key.upper(), key[:-1] + "é", key[:-1] + "\0", "0" * len(key)]

    for wrong in (*odd, reports, credentials.PREFIX, f"{credentials.PREFIX}{'0' * 48}"):
        assert client.get("/", headers={**basic(wrong), **LONDON}).status_code == 401
    assert client.get("/", headers={**basic("", key), **LONDON}).status_code == 401
    assert client.get("/", headers={"Authorization": f"Digest {key}", **LONDON}).status_code == 401


# A manifest


@pytest.mark.postgresql(instead=True)
def test_a_sites_key_has_manifests_written_for_its_site(
    client: FlaskClient, made: Callable[..., str], repo_folder: Path
) -> None:
    answer = asks(client, basic(made()), serial="C02AAA", site="London", build="design")

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert b"sites/london" in (repo_folder / "manifests/C02AAA").read_bytes()


def test_a_sites_key_has_none_written_for_another(
    client: FlaskClient, made: Callable[..., str], repo_folder: Path
) -> None:
    answer = asks(client, basic(made()), serial="C02AAA", site="paris", build="design")

    assert answer.status_code == 403
    assert "no other, so not 'paris'" in answer.text
    assert not (repo_folder / "manifests/C02AAA").exists()


@pytest.mark.parametrize("fields", [{"site": "london", "build": "design"}, {}])
@pytest.mark.parametrize("by_token", [True, False])
def test_what_is_registered_for_another_site_is_refused_and_the_channel_is_told_once(
    client: FlaskClient,
    made: Callable[..., str],
    registered: Callable[..., None],
    database: Database,
    repo_folder: Path,
    fields: dict[str, str],
    by_token: bool,
) -> None:
    """By the key, or by the token of a script that was fetched with it."""
    registered("C02AAA", "paris")
    sent = basic(made())
    if by_token:
        named = LONDON if fields else {}
        sent = bearer(token_in(client.get("/", headers={**sent, **named})))

    for _ in range(3):
        answer = asks(client, sent, serial="C02AAA", **fields)

    assert answer.status_code == 403
    assert "C02AAA goes to paris, but it called with a credential of london" in answer.text
    assert not (repo_folder / "manifests/C02AAA").exists()
    [sentence] = troubles(database)
    assert sentence in answer.text


@pytest.mark.parametrize("named", [LONDON, {}])
def test_a_script_that_a_sites_key_fetched_brings_its_mac_in(
    client: FlaskClient,
    made: Callable[..., str],
    registered: Callable[..., None],
    repo_folder: Path,
    named: dict[str, str],
) -> None:
    registered("C02AAA")
    token = token_in(client.get("/", headers={**basic(made()), **named}))
    fields = {"site": "london", "build": "design"} if named else {}

    assert asks(client, bearer(token), serial="C02AAA", **fields).text == "Manifest saved"
    assert b"sites/london" in (repo_folder / "manifests/C02AAA").read_bytes()
    other = asks(client, bearer(token), serial="C02BBB", site="paris", build="design")
    assert other.status_code == 403


def test_a_mac_that_nobody_registered_waits_for_its_card_as_always(
    client: FlaskClient, made: Callable[..., str]
) -> None:
    sent = basic(made())
    token = token_in(client.get("/", headers=sent))

    for _ in range(25):
        answer = asks(client, bearer(token), serial="C02AAA")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (403, "15")
        assert "/mac register C02AAA SITE BUILD" in answer.text
    assert client.get("/", headers=sent).status_code == 200


def test_the_servers_own_pair_still_goes_by_what_is_registered(
    script: Script, registered: Callable[..., None], repo_folder: Path
) -> None:
    registered("C02AAA", "paris")
    token = token_in(script.fetch(**{name.replace("-", "_"): LONDON[name] for name in LONDON}))

    answer = script.manifest(token, serial="C02AAA", site="london", build="design")

    assert answer.status_code == 200
    assert b"sites/paris" in (repo_folder / "manifests/C02AAA").read_bytes()


# A report


def state_of(database: Database, serial: str) -> str:
    with database.reading() as session:
        query = select(Registration.state).where(Registration.serial == serial)
        return session.scalars(query).one()


@pytest.mark.postgresql(instead=True)
def test_a_sites_report_key_speaks_of_its_own_macs_only(
    client: FlaskClient,
    made: Callable[..., str],
    registered: Callable[..., None],
    database: Database,
) -> None:
    registered("C02AAA")
    registered("C02BBB", "paris")
    old, new = made(opens=REPORTS), made(opens=REPORTS)

    for key in (old, new):
        for serial in ("C02AAA", "C02BBB", "C02ZZZ"):
            answer = Reporter(client, serial, key).says("in_progress", "Imagr is starting up...")
            assert answer.status_code == 200

    assert state_of(database, "C02AAA") == "imaging"
    assert state_of(database, "C02BBB") == "waiting"


def test_a_report_key_of_all_sites_speaks_of_every_mac(
    client: FlaskClient,
    made: Callable[..., str],
    registered: Callable[..., None],
    database: Database,
) -> None:
    registered("C02BBB", "paris")

    Reporter(client, "C02BBB", made(None, REPORTS)).says("in_progress", "Imagr is starting up...")

    assert state_of(database, "C02BBB") == "imaging"


def test_the_key_of_scripts_is_not_one_of_reports(
    client: FlaskClient, made: Callable[..., str], registered: Callable[..., None]
) -> None:
    registered("C02AAA")

    assert Reporter(client, "C02AAA", made()).says("error", "boo").status_code == 404


# Making, knowing, revoking


@pytest.mark.postgresql(instead=True)
def test_only_the_digest_of_a_key_is_kept(database: Database, made: Callable[..., str]) -> None:
    key = made()

    assert re.fullmatch(r"rollcall_[0-9a-f]{48}", key)
    assert made() != key
    with database.reading() as session:
        rows = session.scalars(select(Credential)).all()
        assert all(key not in str(vars(row)) for row in rows)
        opened = credentials.find(credentials.known(session), key, SCRIPTS)
        assert credentials.find(credentials.known(session), key, REPORTS) is None
    assert opened is not None
    assert opened.site == "london"


@pytest.mark.postgresql(instead=True)
def test_a_key_whose_digest_only_begins_like_a_kept_one_opens_nothing(
    database: Database, made: Callable[..., str]
) -> None:
    key = made()
    with database.reading() as session:
        among = credentials.known(session)
    assert credentials.find(among, key, SCRIPTS)

    for at, each in among.items():
        among[at] = replace(each, digest=each.digest[:-1] + "x")

    assert credentials.find(among, key, SCRIPTS) is None


@pytest.mark.postgresql(instead=True)
def test_a_credential_is_revoked_once_and_one_that_is_not_there_never(
    database: Database, made: Callable[..., str]
) -> None:
    key = made()
    with database.begin() as session:
        [row] = credentials.listed(session)
        credentials.revoke(session, row.id, NOON)
        assert credentials.revoke(session, row.id, NOON + timedelta(days=1)).revoked_at == NOON
        assert credentials.find(credentials.known(session), key, SCRIPTS) is None
        with pytest.raises(UnknownCredential, match="There is no credential 99"):
            credentials.revoke(session, 99, NOON)


def test_a_revoked_key_is_soon_refused_and_the_new_one_is_not(
    client: FlaskClient, database: Database, made: Callable[..., str]
) -> None:
    old, new = made(), made()
    assert client.get("/", headers={**bearer(old), **LONDON}).status_code == 200
    with database.begin() as session:
        credentials.revoke(session, credentials.listed(session)[-1].id, NOON)

    def is_refused() -> bool:
        return client.get("/", headers={**bearer(old), **LONDON}).status_code == 401

    eventually(is_refused)
    assert client.get("/", headers={**bearer(new), **LONDON}).status_code == 200


class Watch:
    """A monotonic clock that stands until it is moved, and `hangs` for a thread that looks."""

    def __init__(self) -> None:
        self.now = 0.0
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
    database: Database, made: Callable[..., str]
) -> None:
    clock, used = Watch(), list[int]()
    key = made()
    keyring = CredentialCache(database, used.append, clock)
    assert keyring.opened(key, SCRIPTS)
    with database.begin() as session:
        credentials.revoke(session, credentials.listed(session)[0].id, NOON)

    clock.now += MAX_AGE - 0.01
    assert keyring.opened(key, SCRIPTS)
    clock.now += 0.02
    assert keyring.opened(key, SCRIPTS) is None
    assert used == [1]


def test_after_a_quiet_night_nobody_is_let_in_by_what_was_known_in_the_evening(
    database: Database, made: Callable[..., str]
) -> None:
    """However many come at once, none of them goes by the old state."""
    clock = Watch()
    key = made()
    keyring = CredentialCache(database, clock=clock)
    assert keyring.opened(key, SCRIPTS)
    with database.begin() as session:
        credentials.revoke(session, credentials.listed(session)[0].id, NOON)

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
    database: Database, made: Callable[..., str]
) -> None:
    clock = Watch()
    key = made()
    keyring = CredentialCache(database, clock=clock)
    assert keyring.opened(key, SCRIPTS)

    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE credentials RENAME TO away")
    clock.now += 10

    assert keyring.opened(key, SCRIPTS)


@pytest.mark.postgresql(instead=True)
def test_the_use_of_a_key_is_noted_in_nobodys_way_and_seldom(
    database: Database, made: Callable[..., str]
) -> None:
    clock, used = Watch(), list[int]()
    key = made()
    keyring = CredentialCache(database, used.append, clock)
    for _ in range(600):
        keyring.opened(key, SCRIPTS)
        clock.now += 1
    assert len(used) == 2
    ledger = UsageLog(database)
    ledger.used(used[0])
    ledger.write()

    with database.reading() as session:
        at = credentials.listed(session)[0].used_at
    assert at is not None
    assert datetime.now(UTC) - at < timedelta(minutes=1)


@pytest.mark.parametrize("database_url", ["sqlite", "own_postgresql"], indirect=True)
def test_a_server_whose_database_was_never_there_says_so_and_serves_its_own_pair(
    client: FlaskClient, script: Script, database: Database, made: Callable[..., str]
) -> None:
    key = made()
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE credentials RENAME TO away")

    assert client.get("/", headers={**bearer(key), **LONDON}).status_code == 503
    assert script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").status_code == 200
