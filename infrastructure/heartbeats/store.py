"""Heartbeats in the database, of the processes on all machines, and the missing ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from infrastructure.database.schema import versions
from infrastructure.database.statements.dialects import upsert
from infrastructure.heartbeats.files import PARTS, Beat, names_of, present_name
from infrastructure.heartbeats.models import Heartbeat

SERVER, BOT, RELAY, JOBS, LIVE = PARTS
UNCONNECTED = "not connected to Slack"  # how the phrase in such a bot's heartbeat begins
SHARED = "not alone with SLACK_APP_TOKEN"  # how it begins where others listen with that token
REPLACED_AFTER = timedelta(hours=1)  # since then, where another one does its part
RETENTION = timedelta(days=1)  # since the last heartbeat of a process that never came back


@dataclass(frozen=True, slots=True)
class Missing:
    """A part without any process, or a process of it that fell silent on `host` at `since`."""

    part: str
    process: str = ""
    host: str = ""
    since: datetime | None = None
    doing: str = ""


def present(session: Session) -> datetime:
    """Return the moment by the database's clock, so that those of the machines do not matter."""
    if session.get_bind().dialect.name == "postgresql":
        database_time: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return database_time
    return datetime.now(UTC)


def note(session: Session, beat: Beat, host: str) -> None:
    """Note a heartbeat of a process on `host`: it works now, and for the patience of `beat`."""
    now = present(session)
    values = {
        "beat_at": now,
        "patience": round(beat.patience),
        "doing": beat.doing,
        "revision": versions.REVISION,
    }
    names = {"process": beat.process, "part": beat.part, "host": host, "started_at": now}
    statement = upsert(session, Heartbeat).values(**names, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["process"], set_=values))


def forget(session: Session, process: str) -> None:
    """Delete the heartbeat of a process that ends on request."""
    session.execute(delete(Heartbeat).where(Heartbeat.process == process))


def replace(session: Session, part: str, host: str, alive: Collection[str]) -> None:
    """Delete the heartbeats of a part's dead processes on a host: all but those `alive`."""
    same_part = Heartbeat.part.in_(names_of(part)) & (Heartbeat.host == host)
    session.execute(delete(Heartbeat).where(same_part, Heartbeat.process.not_in(alive)))


def prune(session: Session) -> None:
    """Forget processes that have been silent for RETENTION: they are not coming back."""
    session.execute(delete(Heartbeat).where(Heartbeat.beat_at < present(session) - RETENTION))


def living(session: Session) -> list[Heartbeat]:
    """Return the processes that are at work, in the order of their starts."""
    now = present(session)
    rows = session.scalars(select(Heartbeat).order_by(Heartbeat.started_at, Heartbeat.process))
    return [row for row in rows if not is_silent(row.beat_at, row.patience, now)]


def missing(session: Session, parts: Collection[str] = ()) -> list[Missing]:
    """Return the processes that fell silent, and those of `parts` that have no process.

    After REPLACED_AFTER a process is not reported where another one of its part was started since:
    its machine was replaced. After RETENTION it is not reported at all.
    """
    now = present(session)
    kept = select(Heartbeat).where(Heartbeat.beat_at > now - RETENTION)
    rows = session.scalars(kept.order_by(Heartbeat.beat_at)).all()
    at_work = [row for row in rows if not is_silent(row.beat_at, row.patience, now)]
    silent = [row for row in rows if row not in at_work and not _is_replaced(row, at_work, now)]
    known = {present_name(row.part) for row in [*at_work, *silent]}
    return [
        *(
            Missing(present_name(row.part), row.process, row.host, row.beat_at, row.doing)
            for row in silent
        ),
        *(Missing(part) for part in parts if part not in known),
    ]


def unconnected(session: Session) -> list[tuple[str, str]]:
    """Return the hosts of working bots that are not connected to Slack, each with its phrase."""
    return _saying(UNCONNECTED, session)


def shared(session: Session) -> list[tuple[str, str]]:
    """Return the hosts of bots beside which others listen to Slack, each with its phrase."""
    return _saying(SHARED, session)


def _saying(beginning: str, session: Session) -> list[tuple[str, str]]:
    return [(row.host, row.doing) for row in living(session) if row.doing.startswith(beginning)]


def is_silent(beat_at: datetime, patience: float, now: datetime) -> bool:
    """Return True if the next heartbeat after that of `beat_at` is overdue."""
    # Also after one of the future: it comes from before the clock was set back.
    return abs((now - beat_at).total_seconds()) > patience


def _is_replaced(row: Heartbeat, at_work: Collection[Heartbeat], now: datetime) -> bool:
    if now - row.beat_at < REPLACED_AFTER:
        return False
    names = names_of(present_name(row.part))
    return any(other.part in names and other.started_at > row.beat_at for other in at_work)
