"""A check for running processes whose code does not work with a planned schema."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import inspect, null, select
from sqlalchemy.orm import Session

from infrastructure.database.schema.versions import SchemaVersion
from infrastructure.errors import RollcallError
from infrastructure.heartbeats import store
from infrastructure.heartbeats.files import MAX_SILENCE, present_name, title
from infrastructure.heartbeats.models import Heartbeat


class OldProcessesRunning(RollcallError):
    """A change of the schema with which running processes would not work; nothing was changed."""

    def __init__(self, revision: str, processes: Sequence[str]) -> None:
        super().__init__(
            f"Nothing was changed, because these run and do not work with schema {revision}: "
            f"{', '.join(processes)}. Stop them first (what was killed counts until it has been "
            f"silent for {MAX_SILENCE:.0f} seconds), or say --force."
        )


@dataclass(frozen=True, slots=True)
class _Process:
    """A process at work; its release needs the schema `revision`, None where it does not say."""

    part: str
    host: str
    revision: str | None

    def works_with(self, planned: SchemaVersion, present: SchemaVersion) -> bool:
        """True for a process that works with the `present` version and the planned one."""
        earliest = self.revision or present.oldest  # it may be of any between these
        latest = self.revision or present.revision
        return planned.oldest <= earliest and latest <= planned.revision

    def __str__(self) -> str:
        """The process as a refusal names it."""
        release = f"of schema {self.revision}" if self.revision else "of an unknown schema"
        return f"{title(present_name(self.part))} on {self.host} ({release})"


def check(session: Session, present: SchemaVersion, planned: SchemaVersion) -> None:
    """Raise OldProcessesRunning where a process at work would not work with the `planned` version.

    The database may have any schema, also one without heartbeats or without their revisions.
    """
    unfit = [str(each) for each in _living(session) if not each.works_with(planned, present)]
    if unfit:
        raise OldProcessesRunning(planned.revision, sorted(set(unfit)))


def _living(session: Session) -> Iterator[_Process]:
    tables, name = inspect(session.connection()), Heartbeat.__tablename__
    if not tables.has_table(name):
        return
    is_noted = any(column["name"] == "revision" for column in tables.get_columns(name))
    now = store.present(session)
    query = select(
        Heartbeat.part,
        Heartbeat.host,
        Heartbeat.beat_at,
        Heartbeat.patience,
        Heartbeat.revision if is_noted else null(),
    )
    for part, host, beat_at, patience, revision in session.execute(query):
        if not store.is_silent(beat_at, patience, now):
            yield _Process(part, host, revision)
