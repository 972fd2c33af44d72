"""Conditions: what is an alert, and what is none."""

import os
import re
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text, update

from infrastructure.database.engine import Database
from infrastructure.heartbeats import store
from infrastructure.heartbeats.files import Beat
from provisioning.diagnostics import absences
from provisioning.monitoring.alerts import conditions
from provisioning.monitoring.alerts.alert import Alert, Condition
from provisioning.munki import opened
from provisioning.outbox import doubts, outbox
from provisioning.outbox.models import MAIL, SLACK, WEBHOOK, Notification
from tests.support.installation import ROOT
from tests.support.tables import for_each

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://mac.example.com"
GIB = 2**30
PAGE = (ROOT / "docs/how-to/alerts.md").read_text()
NO_ROOM = """
CREATE TRIGGER no_room BEFORE UPDATE ON looks BEGIN SELECT RAISE(ABORT, 'no room'); END
"""


def found(condition: Condition, now: datetime = NOW) -> list[Alert]:
    """The alerts, each of a kind that has its row on the page about them, with what it says."""
    alerts = list(condition(now))
    assert [each.fact for each in alerts if not is_on_the_page(each)] == []
    return alerts


def is_on_the_page(alert: Alert) -> bool:
    """True where the row of the alert's kind has a phrase in italics that its fact begins with."""
    kind = alert.key.split()[0]
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |")]
    phrases = [re.escape(phrase).replace("…", ".+") for phrase in re.findall(r"\*(.+?)\*", row)]
    return any(re.match(phrase, alert.fact) for phrase in phrases)


def waiting(database: Database, transport: str = SLACK) -> Condition:
    """The condition about messages at NOW."""
    return conditions.waiting(database, transport, lambda _: NOW)


@pytest.mark.postgresql(instead=True)
def test_a_part_without_a_process_is_an_alert_until_it_has_one(database: Database) -> None:
    silence = conditions.silence(database, partial(absences, parts=("relay",)))

    [alert] = found(silence)
    with database.begin() as session:
        store.note(session, Beat("relay", "a:1:x", 1, 0.0), "a")

    assert alert.key.startswith("processes ")
    assert alert.fact == "No relay is running: Slack is told nothing."
    assert alert.fix.startswith("Start it: its container, service or deployment, or ")
    assert found(silence) == []


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize(
    ("minutes", "due_in", "is_alert"), [(9, None, False), (11, None, True), (11, 5, False)]
)
def test_a_message_is_an_alert_that_could_have_been_sent_ten_minutes_ago(
    database: Database, minutes: int, due_in: int | None, is_alert: bool
) -> None:
    at = NOW - timedelta(minutes=minutes)
    due_at = None if due_in is None else NOW + timedelta(minutes=due_in)
    with database.begin() as session:
        outbox.enqueue_message(
            session, "news", channel="C0IMAGING", payload={}, at=at, due_at=due_at
        )

    alerts = found(waiting(database))

    assert [(alert.key, alert.since) for alert in alerts] == ([("outbox", at)] if is_alert else [])


@pytest.mark.postgresql(instead=True)
def test_a_message_is_none_for_a_machine_whose_clock_is_an_hour_ahead(database: Database) -> None:
    """It would tell of each message of a busy minute as of one that is an hour old."""
    at = datetime.now(UTC)
    with database.begin() as session:
        outbox.enqueue_message(session, "news", channel="C0IMAGING", payload={}, at=at)

    assert found(conditions.waiting(database), at + timedelta(hours=1)) == []


def test_a_message_that_slack_may_take_yet_is_an_alert_after_ten_minutes_too(
    database: Database,
) -> None:
    at = NOW - timedelta(minutes=11)
    with database.begin() as session:
        outbox.enqueue_message(session, "news", channel="C0IMAGING", payload={}, at=at)
        in_doubt = {"in_doubt": True, "lost_at": at + doubts.MAX_DELAY}
        session.execute(update(Notification).values(in_doubt))

    assert [alert.since for alert in found(waiting(database))] == [at]


def test_mail_that_waits_is_an_alert_of_its_own_and_a_webhook_that_waits_is_none(
    database: Database,
) -> None:
    at = NOW - timedelta(minutes=11)
    with database.begin() as session:
        for transport in (WEBHOOK, MAIL):
            outbox.enqueue_message(
                session, "x", transport=transport, channel=f"{transport}:1", payload={}, at=at
            )

    assert found(waiting(database)) == []
    [alert] = found(waiting(database, MAIL))
    assert (alert.key, alert.since) == ("mail", at)
    assert alert.fact == "Mail is pending since 2026-03-02 11:49 UTC."


def test_a_database_that_takes_nothing_is_an_alert_with_its_reason(database: Database) -> None:
    unusable = conditions.unusable_database(database)
    assert found(unusable) == []
    with database.begin() as session:
        session.execute(text(NO_ROOM))
    try:
        [alert] = found(unusable)
    finally:
        with database.begin() as session:
            session.execute(text("DROP TRIGGER no_room"))

    assert alert.key == "database"
    assert "cannot use its database: " in alert.fact
    assert "no room" in alert.fact
    assert found(unusable) == []


def test_a_repo_that_is_gone_is_an_alert(repo_folder: Path) -> None:
    unusable = conditions.unusable_repo(opened(str(repo_folder)))
    assert found(unusable) == []
    gone = conditions.unusable_repo(opened(str(repo_folder / "nowhere")))

    [alert] = found(gone)

    assert alert.key == "repo"
    assert "cannot use the Munki repo: there is no folder" in alert.fact


def disk(total: int, free: int, files: int = 0, left: int = 0) -> os.statvfs_result:
    """A disk with so many bytes, and so many files that it can have."""
    return os.statvfs_result((1, 1, total, free, free, files, left, left, 0, 255))


@for_each(
    ("total", "free", "is_alert"),
    [
        (100 * GIB, 50 * GIB, False),
        (100 * GIB, 10 * GIB, False),
        (100 * GIB, 9 * GIB, True),  # less than a tenth
        (4 * GIB, 1 * GIB, False),
        (4 * GIB, 1 * GIB - 1, True),
        (2 * GIB, GIB // 2, False),  # a quarter of a small one
        (2 * GIB, GIB // 2 - 1, True),
        (GIB // 40, GIB // 50, False),
        (0, 0, True),
    ],
)
def test_a_disk_with_little_room_is_an_alert(total: int, free: int, is_alert: bool) -> None:
    alerts = found(conditions.full_disk(Path("/data"), lambda _: disk(total, free)))

    assert [alert.key for alert in alerts] == (["disk /data"] if is_alert else [])


@for_each(
    ("total", "free", "told"),
    [(100 * GIB, 9 * GIB, "9.0 GiB (9 %)"), (2 * GIB, GIB // 4, "256 MiB (12 %)")],
)
def test_a_disk_with_little_room_is_told_by_what_is_left(total: int, free: int, told: str) -> None:
    [alert] = found(conditions.full_disk(Path("/data"), lambda _: disk(total, free)))

    assert f"runs out of disk: {told} of the disk of /data are free" in alert.fact


@for_each(
    ("files", "left", "is_alert"),
    [(1000, 100, False), (1000, 99, True), (1000, 0, True), (0, 0, False)],  # 0: it counts none
)
def test_a_disk_that_can_have_few_more_files_is_an_alert(
    files: int, left: int, is_alert: bool
) -> None:
    alerts = found(
        conditions.full_disk(Path("/data"), lambda _: disk(9 * GIB, 9 * GIB, files, left))
    )

    assert [alert.key for alert in alerts] == (["disk /data"] if is_alert else [])
    for alert in alerts:
        assert "of the files are left that the disk of /data can have" in alert.fact


def test_the_disk_of_this_folder_can_be_looked_at_and_one_that_is_not_there_is_no_alert(
    tmp_path: Path,
) -> None:
    found(conditions.full_disk(tmp_path))

    assert found(conditions.full_disk(tmp_path / "nowhere")) == []


def refused(_: str) -> datetime:
    raise ssl.SSLError(1, "refused")


def unreachable(_: str) -> datetime:
    raise OSError("nobody there")


@for_each(
    ("expiry", "number"),
    [
        (lambda _: NOW + timedelta(days=15), 0),
        (lambda _: NOW + timedelta(days=13), 1),
        (lambda _: NOW - timedelta(days=1), 1),
        (lambda _: None, 0),
        (refused, 1),
        (unreachable, 0),
    ],
)
def test_a_certificate_that_ends_within_two_weeks_is_an_alert(
    expiry: Callable[[str], datetime | None], number: int
) -> None:
    alerts = found(conditions.ending_certificate(URL, expiry))

    assert [alert.key for alert in alerts] == [f"certificate {URL}"] * number
    for alert in alerts:
        assert socket.gethostname() in alert.fact  # each machine tells it


def test_a_certificate_is_looked_at_once_an_hour() -> None:
    asked: list[str] = []

    def ends(url: str) -> datetime:
        asked.append(url)
        return NOW + timedelta(days=13)

    condition = conditions.ending_certificate(URL, ends)
    for minutes in range(0, 125, 5):
        assert len(found(condition, NOW + timedelta(minutes=minutes))) == 1

    assert len(asked) == 2
