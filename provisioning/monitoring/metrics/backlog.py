"""Metrics of the backlog at a scrape: messages, Macs, jobs, processes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from infrastructure.heartbeats import store
from infrastructure.heartbeats.files import present_name
from infrastructure.jobs.models import Job
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.drift.drifts import OPEN
from provisioning.monitoring.drift.models import Drift
from provisioning.monitoring.metrics.labels import Labels, few, of_channel, summed
from provisioning.outbox.models import MAIL, PARKED, PENDING, SLACK, WEBHOOK, Notification, in_state

ELSEWHERE = (MAIL, WEBHOOK)  # transports


def families(session: Session, now: datetime, parts: Collection[str]) -> Iterator[Metric]:
    """Yield all of them; `parts` are the processes that an installation has to run."""
    yield from _outbox(session, now)
    yield from _transports(session, now)
    yield from _macs(session)
    yield from _jobs(session, now)
    yield from _processes(session, parts)


def gauge(
    name: str, meaning: str, names: Sequence[str], values: Iterable[tuple[Labels, float]]
) -> Metric:
    """Return a gauge with values by labels, which are called `names`."""
    family = GaugeMetricFamily(name, meaning, labels=names)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _outbox(session: Session, now: datetime) -> Iterator[Metric]:
    pending = session.execute(by_channel(PENDING, now)).all()
    refused = session.execute(by_channel(PARKED, now)).all()
    named = few(of_channel(channel) for channel, *_ in (*pending, *refused))

    def labels(channel: str) -> Labels:
        return (named(of_channel(channel)),)

    oldest: dict[Labels, float] = {}
    for channel, _, moment in pending:
        age = _age(now, moment)
        oldest[labels(channel)] = max(age, oldest.get(labels(channel), 0.0))
    names = ("channel",)
    depths = summed((labels(channel), number) for channel, number, _ in pending)
    parked = summed((labels(channel), number) for channel, number, _ in refused)
    yield gauge("rollcall_outbox_messages", "Messages pending for Slack.", names, depths.items())
    yield gauge(
        "rollcall_outbox_oldest_seconds",
        "Age of the oldest message that is due.",
        names,
        oldest.items(),
    )
    yield gauge(
        "rollcall_outbox_refused_messages",
        "Messages that Slack refused, until boot.sh resend.",
        names,
        parked.items(),
    )


def _transports(session: Session, now: datetime) -> Iterator[Metric]:
    """Messages for others than Slack: their numbers, and the age of the first that is due."""
    numbers: dict[Labels, float] = {}
    oldest: dict[Labels, float] = {}
    for transport in ELSEWHERE:
        pending = session.execute(by_channel(PENDING, now, transport)).all()
        parked = session.execute(by_channel(PARKED, now, transport)).all()
        numbers[(transport, "pending")] = sum(number for _, number, _ in pending)
        numbers[(transport, "parked")] = sum(number for _, number, _ in parked)
        oldest[(transport,)] = max((_age(now, moment) for *_, moment in pending), default=0.0)
    meaning = "Messages for others than Slack, pending or set aside."
    yield gauge("rollcall_transport_messages", meaning, ("transport", "state"), numbers.items())
    meaning = "Age of the oldest of them that is due."
    yield gauge("rollcall_transport_oldest_seconds", meaning, ("transport",), oldest.items())


def by_channel(state: str, now: datetime, transport: str = SLACK) -> Select[str, int, datetime]:
    """Each channel of a transport with its messages of a state, and since when the first is due.

    However many they are, only those are read, by their index, and of each channel the first.
    """
    is_in_state = in_state(state, transport)
    depths = (
        select(Notification.channel, func.count().label("number"))
        .where(is_in_state)
        .group_by(Notification.channel)
        .subquery()
    )
    due = or_(Notification.due_at.is_(None), Notification.due_at <= now)
    since = (
        select(func.coalesce(Notification.due_at, Notification.occurred_at))
        .where(is_in_state, Notification.channel == depths.c.channel, due)
        .order_by(Notification.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(depths.c.channel, depths.c.number, since).order_by(depths.c.channel)


def _macs(session: Session) -> Iterator[Metric]:
    def counted(key: ColumnElement[int], condition: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(key)).where(condition)) or 0

    unknown = counted(UnknownMac.id.expression, UnknownMac.settled_at.is_(None))
    drifted = counted(Drift.id.expression, OPEN)
    meaning = "Macs that booted, and that nobody registered."
    yield gauge("rollcall_unknown_macs", meaning, (), [((), unknown)])
    meaning = "Macs whose manifest differs from what Rollcall wrote."
    yield gauge("rollcall_drifted_macs", meaning, (), [((), drifted)])


def _jobs(session: Session, now: datetime) -> Iterator[Metric]:
    query = select(Job.what, func.count(), func.min(Job.due_at)).group_by(Job.what)
    rows = session.execute(query.order_by(Job.what)).all()
    numbers = [((kind,), number) for kind, number, _ in rows]
    oldest = [((kind,), _age(now, due_at)) for kind, _, due_at in rows]
    yield gauge("rollcall_jobs", "Jobs in the queue.", ("kind",), numbers)
    yield gauge(
        "rollcall_jobs_oldest_seconds", "Age of the oldest job that is due.", ("kind",), oldest
    )


def _processes(session: Session, parts: Collection[str]) -> Iterator[Metric]:
    now, living = store.present(session), store.living(session)
    numbers, missing = dict.fromkeys(parts, 0), dict.fromkeys(parts, 0)
    ages: dict[str, float] = {}
    for row in living:
        part, age = present_name(row.part), _age(now, row.beat_at)
        numbers[part] = numbers.get(part, 0) + 1
        ages[part] = min(age, ages.get(part, age))
    for each in store.missing(session, parts):
        missing[each.part] = missing.get(each.part, 0) + 1
    names = ("part",)
    yield gauge("rollcall_processes", "Processes at work.", names, _labelled(numbers))
    meaning = "Processes that fell silent, and parts without any."
    yield gauge("rollcall_processes_missing", meaning, names, _labelled(missing))
    meaning = "Age of the last heartbeat of a part."
    yield gauge("rollcall_heartbeat_age_seconds", meaning, names, _labelled(ages))
    meaning = "Bots that are not connected to Slack."
    unconnected = len(store.unconnected(session))
    yield gauge("rollcall_bots_unconnected", meaning, (), [((), unconnected)])


def _labelled(values: dict[str, int] | dict[str, float]) -> Iterator[tuple[Labels, float]]:
    return (((name,), value) for name, value in values.items())


def _age(now: datetime, moment: datetime | None) -> float:
    """The seconds since a moment; 0 for a future one."""
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
