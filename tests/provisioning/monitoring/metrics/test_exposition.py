"""The exposition: what Prometheus reads, and what it never tells."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from sqlalchemy import insert, text, update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats import store
from infrastructure.heartbeats.files import Beat
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.jobs import queue
from provisioning.monitoring.metrics import backlog
from provisioning.monitoring.metrics.exposition import Exposition
from provisioning.outbox import outbox
from provisioning.outbox.models import MAIL, PARKED, PENDING, WEBHOOK, Notification
from tests.server.machines.asked import registered

USABLE = {"database": True, "repo": True}


def exposition(database: Database, usable: dict[str, bool] = USABLE) -> Exposition:
    parts = ("server", "relay", "jobs")
    return Exposition(database, usable=lambda: usable, parts=parts, version="1.2")


def values(exposed: Exposition, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a gauge by the values of their labels."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in exposed.families()
        for sample in family.samples
        if sample.name == name
    }


def owe(database: Database, channel: str, **seconds_ago: float) -> None:
    with database.begin() as session:
        at = utc_now() - timedelta(**seconds_ago)
        outbox.enqueue_news(session, channel=channel, sentence="News.", at=at)


@pytest.mark.postgresql(instead=True)
def test_the_outbox_is_told_by_channel_and_people_are_one(database: Database) -> None:
    owe(database, "C0IMAGING", minutes=5)
    owe(database, "C0IMAGING", minutes=1)
    for person in ("U0ALICE", "U0BOB", "D0ALICE"):
        owe(database, person, minutes=2)
    with database.begin() as session:
        refused = Notification(state=PARKED, key="k", channel="C0GONE", kind="news", facts={})
        refused.occurred_at = utc_now()
        session.add(refused)
    exposed = exposition(database)

    assert values(exposed, "rollcall_outbox_messages") == {("C0IMAGING",): 2, ("people",): 3}
    assert values(exposed, "rollcall_outbox_refused_messages") == {("C0GONE",): 1}
    oldest = values(exposed, "rollcall_outbox_oldest_seconds")
    assert oldest[("C0IMAGING",)] == pytest.approx(300, abs=30)
    assert oldest[("people",)] == pytest.approx(120, abs=30)


@pytest.mark.postgresql(instead=True)
def test_what_waits_for_others_than_slack_is_told_by_transport(database: Database) -> None:
    with database.begin() as session:
        for transport, state, minutes, due in (
            (MAIL, PENDING, 9, -4),
            (MAIL, PENDING, 8, 60),  # waits for the morning
            (MAIL, PARKED, 90, -90),
            (WEBHOOK, PENDING, 7, None),
        ):
            now = utc_now()
            row = Notification(transport=transport, state=state, key=f"{minutes}", kind="x")
            row.channel, row.facts = f"{transport}:1", {}
            row.occurred_at = now - timedelta(minutes=minutes)
            row.due_at = None if due is None else now + timedelta(minutes=due)
            session.add(row)
    exposed = exposition(database)

    assert values(exposed, "rollcall_transport_messages") == {
        (MAIL, "pending"): 2,
        (MAIL, "parked"): 1,
        (WEBHOOK, "pending"): 1,
        (WEBHOOK, "parked"): 0,
    }
    oldest = values(exposed, "rollcall_transport_oldest_seconds")
    assert oldest[(MAIL,)] == pytest.approx(240, abs=30)
    assert oldest[(WEBHOOK,)] == pytest.approx(420, abs=30)
    assert values(exposed, "rollcall_outbox_messages") == {}


def test_channels_beyond_two_hundred_are_one(database: Database) -> None:
    message = {"kind": "news", "facts": {}, "occurred_at": utc_now()}
    names = [f"C{number:05}" for number in range(203)]
    with database.begin() as session:
        rows = [{**message, "key": name, "channel": name} for name in names]
        session.execute(insert(Notification), rows)

    depths = values(exposition(database), "rollcall_outbox_messages")

    assert len(depths) == 201
    assert depths[("other",)] == 3


@pytest.mark.postgresql(soak=True)
def test_jobs_and_processes_are_told_and_those_that_are_missing(database: Database) -> None:
    with database.begin() as session:
        queue.enqueue(session, "export", {}, at=utc_now() - timedelta(minutes=1))
        store.note(session, Beat("relay", "a:1:x", 1, 0.0), "a")
        earlier = store.present(session) - timedelta(seconds=20)
        session.execute(update(Heartbeat).values(beat_at=earlier))
        store.note(session, Beat("relay", "b:1:x", 1, 0.0), "b")
    exposed = exposition(database)

    assert values(exposed, "rollcall_jobs") == {("export",): 1}
    assert values(exposed, "rollcall_jobs_oldest_seconds")[("export",)] >= 60
    processes = {("server",): 0, ("relay",): 2, ("jobs",): 0}
    assert values(exposed, "rollcall_processes") == processes
    missing = {("server",): 1, ("relay",): 0, ("jobs",): 1}
    assert values(exposed, "rollcall_processes_missing") == missing
    [(part, age)] = values(exposed, "rollcall_heartbeat_age_seconds").items()
    assert part == ("relay",)
    assert age < 20


def test_prometheus_can_read_both_forms(database: Database) -> None:
    registered(database, "C02AAA")
    owe(database, "C0IMAGING", minutes=5)
    exposed = exposition(database)

    body, media_type = exposed.written("application/openmetrics-text;version=1.0.0,*/*;q=0.1")
    plain, text_type = exposed.written("*/*")

    assert media_type.startswith("application/openmetrics-text; version=1.0.0")
    assert text_type.startswith("text/plain; version=0.0.4")
    names = {family.name for family in read_openmetrics(body.decode())}  # type: ignore[no-untyped-call]
    in_text = {family.name for family in read_text(plain.decode())}
    assert {"rollcall_build", "rollcall_macs", "rollcall_outbox_messages"} <= names
    assert {"rollcall_build_info", "rollcall_macs", "rollcall_outbox_messages"} <= in_text


def test_without_its_database_only_that_is_told(database: Database) -> None:
    exposed = exposition(database, USABLE | {"database": False})

    assert values(exposed, "rollcall_usable") == {("database",): 0, ("repo",): 1}
    assert {family.name for family in exposed.families()} == {"rollcall_build", "rollcall_usable"}


def test_a_database_that_fails_meanwhile_is_one_that_cannot_be_used(database: Database) -> None:
    with database.begin() as session:
        session.execute(text("ALTER TABLE tallies RENAME TO away"))
    try:
        with capture_logs() as lines:
            told, _ = exposition(database).written("")
    finally:
        with database.begin() as session:
            session.execute(text("ALTER TABLE away RENAME TO tallies"))

    assert 'rollcall_usable{part="database"} 0.0' in told.decode().splitlines()
    assert "rollcall_macs" not in told.decode()
    assert [line["event"] for line in lines] == ["metrics cannot be read"]


def test_a_long_outbox_is_counted_by_its_index(database: Database) -> None:
    """A table would take half a second where Slack was down for a day."""
    with database.reading() as session:
        query = backlog.by_channel(PENDING, utc_now())
        literal = query.compile(
            session.connection(), compile_kwargs={"literal_binds": True, "render_postcompile": True}
        )
        plan = [row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {literal}"))]

    read = [line for line in plan if "notifications" in line]
    assert len(read) == 2
    for line in read:
        assert re.search("USING (COVERING )?INDEX ix_notifications_owed", line)


def test_no_label_is_a_serial_a_person_or_an_address(database: Database) -> None:
    registered(database, "C02AAA")
    owe(database, "U0ALICE", minutes=5)
    with database.begin() as session:
        store.note(session, Beat("relay", "10.1.2.3:1:x", 1, 0.0), "10.1.2.3")

    told = " ".join(labels_of(exposition(database).families()))

    assert not re.search(r"C02AAA|U0ALICE|alice|10\.1\.2\.3", told, re.IGNORECASE)


def labels_of(families: Iterator[Metric]) -> Iterator[str]:
    for family in families:
        for sample in family.samples:
            yield from sample.labels.values()
