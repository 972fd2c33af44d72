"""Heartbeats in the database: which processes there are on all machines, and who is missing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import upsert
from infrastructure.heartbeats.files import PARTS, Beat, names_of, present_name
from infrastructure.heartbeats.models import Heartbeat

SERVER, BOT, RELAY, JOBS = PARTS
UNCONNECTED = "not connected to Slack"  # what a bot is doing then
REPLACED = timedelta(hours=1)  # since then, where another one does its part
KEPT = timedelta(days=1)  # since the last heartbeat of a process that never came back


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that nobody does, or a process of it that fell silent on `host`, at `since`."""

    part: str
    process: str = ""
    host: str = ""
    since: datetime | None = None
    doing: str = ""


def present(session: Session) -> datetime:
    """Return the moment by the database's clock, so that those of the machines do not matter."""
    if session.get_bind().dialect.name == "postgresql":
        there: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return there
    return datetime.now(UTC)


def note(session: Session, beat: Beat, host: str) -> None:
    """Note a heartbeat of a process on `host`: it works now, and for the patience of `beat`."""
    now = present(session)
    said = {"beat_at": now, "patience": round(beat.patience), "doing": beat.doing}
    names = {"process": beat.process, "part": beat.part, "host": host, "started_at": now}
    statement = upsert(session, Heartbeat).values(**names, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["process"], set_=said))


def forget(session: Session, process: str) -> None:
    """Forget a process that ends as it was asked to."""
    session.execute(delete(Heartbeat).where(Heartbeat.process == process))


def replace(session: Session, part: str, host: str, alive: Collection[str]) -> None:
    """Forget the processes of a part on a host that died there: all but those who are `alive`."""
    there = Heartbeat.part.in_(names_of(part)) & (Heartbeat.host == host)
    session.execute(delete(Heartbeat).where(there, Heartbeat.process.not_in(alive)))


def prune(session: Session) -> None:
    """Forget processes that have been silent for KEPT: they are not coming back."""
    session.execute(delete(Heartbeat).where(Heartbeat.beat_at < present(session) - KEPT))


def living(session: Session) -> list[Heartbeat]:
    """Return the processes that are at work, in the order of their starts."""
    now = present(session)
    rows = session.scalars(select(Heartbeat).order_by(Heartbeat.started_at, Heartbeat.process))
    return [row for row in rows if not _is_silent(row, now)]


def missing(session: Session, wanted: Collection[str] = ()) -> list[Missing]:
    """Return the processes that fell silent, and the parts of `wanted` that nobody does.

    After REPLACED a process is not missed where another one of its part was started since: it is
    that of a machine that is no more. After KEPT it is not missed at all.
    """
    now = present(session)
    kept = select(Heartbeat).where(Heartbeat.beat_at > now - KEPT)
    rows = session.scalars(kept.order_by(Heartbeat.beat_at)).all()
    at_work = [row for row in rows if not _is_silent(row, now)]
    silent = [row for row in rows if _is_silent(row, now) and not _is_replaced(row, at_work, now)]
    found = [
        Missing(present_name(row.part), row.process, row.host, row.beat_at, row.doing)
        for row in silent
    ]
    return [*found, *_undone(wanted, {present_name(row.part) for row in [*at_work, *silent]})]


def unconnected(session: Session) -> list[str]:
    """Return the hosts of the bots that work and do not hear Slack."""
    return [row.host for row in living(session) if row.doing == UNCONNECTED]


def _undone(wanted: Collection[str], known: Collection[str]) -> Iterator[Missing]:
    for part in wanted:
        if part not in known:
            yield Missing(part)


def _is_silent(row: Heartbeat, now: datetime) -> bool:
    # Also a heartbeat of the future: it comes from before the clock was set back.
    return abs((now - row.beat_at).total_seconds()) > row.patience


def _is_replaced(row: Heartbeat, at_work: Collection[Heartbeat], now: datetime) -> bool:
    if now - row.beat_at < REPLACED:
        return False
    names = names_of(present_name(row.part))
    return any(other.part in names and other.started_at > row.beat_at for other in at_work)
