"""Refused requests of Macs: they are counted, and admins are shown them."""

import base64
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from bot.diagnostics.doctor import LOOKING
from infrastructure.database.engine import Database
from infrastructure.heartbeats.process import Process
from provisioning.access import credentials, refusals
from provisioning.access.models import Refusal
from provisioning.access.refusals import OTHER_ADDRESSES
from provisioning.access.usage_log import MAX_ADDRESSES, UsageLog
from rollcall.settings import ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY, Reporter
from tests.fakes.slack import Workspace
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL, PASSWORD, USERNAME
from tests.support.soaking import soak_only
from tests.support.tables import for_each
from tests.support.waiting import eventually

LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}
MAX_REFUSALS = 20


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server that takes reports, behind no proxy."""
    keys = SecretStr(REPORT_KEY)
    return server_settings.model_copy(update={"report_keys": keys})


def fetch(
    client: FlaskClient, password: str = PASSWORD, address: str = "10.0.0.7", **headers: str
) -> TestResponse:
    pair = base64.b64encode(f"{USERNAME}:{password}".encode()).decode()
    sent = {"Authorization": f"Basic {pair}", **LONDON, **headers}
    return client.get("/", headers=sent, environ_base={"REMOTE_ADDR": address})


def asked(client: FlaskClient, token: str, address: str = "10.0.0.7") -> TestResponse:
    return client.post(
        "/gen_manifest",
        headers={"Authorization": f"Bearer {token}"},
        data={"serial": "C02AAA"},
        environ_base={"REMOTE_ADDR": address},
    )


def counted(database: Database) -> dict[tuple[str, str], int]:
    with database.reading() as session:
        return {(row.address, row.reason): row.count for row in session.scalars(select(Refusal))}


# Counted


@pytest.mark.postgresql(soak=True)
def test_every_refusal_is_counted_by_address_reason_and_day(
    client: FlaskClient, database: Database
) -> None:
    for number in range(MAX_REFUSALS):
        fetch(client, f"wrong{number}")
    for _ in range(3):
        fetch(client)
    asked(client, "forged", "10.0.0.8")
    client.get("/", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    Reporter(client, "C02AAA", "wrong").says("error", "boo")

    wanted = {
        ("10.0.0.7", "wrong credentials"): MAX_REFUSALS,
        ("10.0.0.7", "refused too often"): 3,
        ("10.0.0.8", "invalid token"): 1,
        ("10.0.0.9", "no credentials"): 1,
        ("127.0.0.1", "unknown report key"): 1,
    }
    eventually(lambda: counted(database) == wanted)


@soak_only("much of what the other tests have one of")
def test_a_flood_is_a_few_transactions(app: Flask, database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)

    def guess(number: int) -> None:
        fetch(app.test_client(), f"wrong{number}", f"10.0.{number % 7}.1")

    before = timers()  # those of other applications of this process
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(200)))
    assert len(timers() - before) < 5

    eventually(lambda: sum(counted(database).values()) == 200)
    assert len(commits) < 50  # one a second, however long it takes


def timers() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)}


@pytest.mark.postgresql(instead=True)
def test_two_servers_add_up(database: Database) -> None:
    ledgers = [UsageLog(database) for _ in range(4)]

    def note(ledger: UsageLog) -> None:
        for number in range(10):
            ledger.refused(f"10.0.0.{number % 5}", "wrong credentials")
            ledger.write()

    threads = [threading.Thread(target=note, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(database) == {(f"10.0.0.{n}", "wrong credentials"): 8 for n in range(5)}


def test_a_crowd_takes_little_memory_and_few_rows(database: Database) -> None:
    ledger = UsageLog(database)
    for number in range(MAX_ADDRESSES + 500):
        ledger.refused(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}", "x")
    ledger.write()

    rows = counted(database)
    assert len(rows) == MAX_ADDRESSES + 1
    assert rows[OTHER_ADDRESSES, "x"] == 500


def test_a_database_that_is_away_is_no_reason_not_to_refuse(
    client: FlaskClient, database: Database
) -> None:
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE refusals RENAME TO away")
    ledger = UsageLog(database)
    ledger.refused("10.0.0.7", "x")
    with structlog.testing.capture_logs() as lines:
        ledger.write()

    assert fetch(client, "wrong").status_code == 401
    assert lines[0]["event"] == "callers cannot be noted"


def test_where_the_database_was_closed_nothing_is_noted_any_more(database: Database) -> None:
    ledger = UsageLog(database, pause=600)
    ledger.refused("10.0.0.7", "x")

    database.close()
    ledger.write()  # as at the end of the pause

    assert counted(database) == {}


@pytest.mark.postgresql(instead=True)
def test_what_is_old_is_forgotten(database: Database) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        refusals.note(session, {("10.0.0.7", "x"): 1}, now - refusals.RETENTION - timedelta(days=1))
        refusals.note(session, {("10.0.0.8", "x"): 1}, now - refusals.RETENTION)
    ledger = UsageLog(database)
    ledger.refused("10.0.0.9", "x")
    ledger.write()

    assert set(counted(database)) == {("10.0.0.8", "x"), ("10.0.0.9", "x")}


@for_each(
    "header",
    [
        "Basic " + "A" * 60_000,
        "Bearer " + "rollcall_" * 6_000,
        "Bearer rollcall_" + "\xff" * 48,
        "Basic " + base64.b64encode(b"\0:\0").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic",
        "Bearer",
        "bEARER \t",
        "Negotiate " + "x" * 100,
        "\xe9",
    ],
)
def test_odd_headers_are_refused_like_others(client: FlaskClient, header: str) -> None:
    for method, path in (("GET", "/"), ("POST", "/gen_manifest")):
        answer = client.open(path, method=method, headers={"Authorization": header})

        assert answer.status_code == 401
        assert len(answer.text) < 200


def test_no_line_of_the_log_says_what_was_tried(client: FlaskClient) -> None:
    key = f"{credentials.PREFIX}{'ab' * 24}"
    with structlog.testing.capture_logs() as lines:
        fetch(client, key)
        asked(client, key)
        asked(client, "a-token-that-was-tried")
        Reporter(client, "C02AAA", key).says("error", "boo")

    said = str(lines)
    refused = [line for line in lines if line["event"] == "refused"]
    assert len(refused) == 3, "one is a repetition"
    assert key not in said
    assert "a-token" not in said


# Shown


@pytest.fixture
def doctor(slack: Workspace, bot: object, database: Database) -> Callable[[], str]:
    """A function that returns the doctor's answer to an admin, while all processes run."""
    del bot
    for part in ("server", "relay", "jobs"):
        Process(part, database).beat()
    alice = slack.person("U0ALICE", name="alice")

    def asked_it() -> str:
        reply = alice.slash("/mac", "doctor", channel=CHANNEL)
        return "\n".join(block["text"]["text"] for block in reply.blocks)

    return asked_it


@pytest.mark.postgresql(soak=True)
def test_an_admin_is_told_who_was_refused_often_in_the_last_day(
    doctor: Callable[[], str], database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        refusals.note(session, {("10.0.0.6", "x"): 500}, now - timedelta(days=3))
        refusals.note(session, {("10.0.0.7", "wrong credentials"): 19}, now)
        refusals.note(session, {("10.0.0.8", "wrong credentials"): 19}, now)
        refusals.note(session, {("10.0.0.8", "invalid token"): 12}, now)

    said = doctor()

    assert "10.0.0.8 was refused 31 times, last at " in said
    assert "wrong credentials (19), invalid token (12)" in said
    assert "`boot.sh credentials list`" in said
    assert "10.0.0.6" not in said
    assert "10.0.0.7" not in said


@pytest.mark.parametrize(
    ("reason", "fix"),
    [
        ("invalid token", "before ROLLCALL_SECRET_KEY was changed"),
        ("expired token", "ROLLCALL_TOKEN_HOURS"),
        ("token of the future", "follow a time server"),
        ("wrong signature", "SLACK_SIGNING_SECRET"),
        ("old signature", "clock of a server is off"),
        ("wrong password", "somebody guesses"),
    ],
)
def test_an_admin_reads_what_fixes_the_reason_of_refusals_and_of_no_other(
    doctor: Callable[[], str], database: Database, reason: str, fix: str
) -> None:
    with database.begin() as session:
        refused = {("10.0.0.8", reason): 20, ("10.0.0.8", "refused too often"): 400}
        refusals.note(session, refused, datetime.now(UTC))

    said = doctor()

    assert fix in said
    assert "credentials list" not in said


def test_a_few_refusals_are_nothing_to_mend(doctor: Callable[[], str], script: Script) -> None:
    script.basic = {}
    script.fetch()

    assert doctor() == f"Nothing to fix. {LOOKING}"
