"""The reading of an import: one source after the other, each recorded in one transaction.

One job reads one source, so that a restart continues with the same source.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from infrastructure.jobs import queue
from provisioning.imports import lifecycle, sources, summary
from provisioning.imports.models import DROPPED, READ, READING, Import, Summary
from provisioning.imports.parsing.entries import ParseResult, join, to_json
from provisioning.imports.sources import ImportSource
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox.models import Card

READ_SOURCE = "read source"  # the job
LONGEST_REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """The progress of an import by one source: all its Macs so far, the dry run after the last.

    `source` is the number of the source, from 0; a `quiet` import shows nothing yet. Of the dry
    run there is the summary, `shown`, and the whole as a CSV `file` where a message cannot show it.
    """

    import_id: int
    source: int
    quiet: bool
    result: ParseResult
    shown: Summary | None = None
    file: bytes | None = None


def start(
    session: Session,
    imported: Import,
    to_read: Sequence[ImportSource],
    card: Card | None,
    *,
    quiet: bool,
) -> None:
    """Enqueue the reading of sources; `card` shows the progress, and then the dry run.

    Without one it is shown on the board alone. A `quiet` import shows nothing until there is a
    serial.
    """
    imported.card_id = card.id if card else None
    imported.state, imported.sources = READING, list(to_read)
    _enqueue(session, imported.id, 0, at=imported.created_at, quiet=quiet)


def awaiting(session: Session, payload: dict[str, Any]) -> Import | None:
    """Return the import of the source in a job's payload; None where that was read already."""
    imported = session.get(Import, payload["import"])
    waits = (
        imported is not None and imported.state == READING and imported.done == payload["source"]
    )
    return imported if waits else None


def advance(
    session: Session,
    imported: Import,
    payload: dict[str, Any],
    result: ParseResult,
    source: ImportSource,
    places: DestinationIndex,
) -> ReadingProgress:
    """Return the progress of an import by the `result` of the source in a job's payload.

    `source` is that source, with the kind that was found: some events do not tell it.

    Reads only: the slow work is done here, so that the transaction of `record` is short.
    """
    joined = join([lifecycle.read_of(session, imported), result])
    quiet = payload["quiet"] and not sources.is_meant(result, source)
    progress = ReadingProgress(imported.id, payload["source"], quiet, joined)
    if payload["source"] + 1 < len(imported.sources):
        return progress
    dry_run = lifecycle.classify_read(session, imported, places, joined, {})
    shown = summary.of(dry_run)
    file = None if summary.is_whole(shown) else summary.csv_of(dry_run)
    return replace(progress, shown=shown, file=file)


def record(session: Session, progress: ReadingProgress, now: datetime) -> None:
    """Store a progress and show it, unless another job has done so meanwhile.

    A quiet import without a serial is dropped.
    """
    imported = session.get_one(Import, progress.import_id, with_for_update=True)
    if imported.state != READING or imported.done != progress.source:
        return
    imported.reading, imported.done = to_json(progress.result), progress.source + 1
    sources.forget(session, imported.sources[progress.source : imported.done])
    if not progress.quiet:
        lifecycle.refresh_card(session, imported, at=now)
    if progress.shown is None:
        _enqueue(session, imported.id, imported.done, at=now, quiet=progress.quiet)
    elif progress.quiet:
        imported.state, imported.settled_at = DROPPED, now
    else:
        imported.state, imported.shown = READ, progress.shown
        if imported.card_id is not None and progress.file is not None:
            card = session.get_one(Card, imported.card_id)
            lifecycle.enqueue_file(session, progress.file, channel=card, at=now)


def abandon(session: Session, import_id: int, reason: str, now: datetime) -> None:
    """Drop an import that cannot be shown, with the reason for people."""
    imported = session.get_one(Import, import_id)
    imported.state, imported.settled_at = DROPPED, now
    imported.shown = {"failed": reason[:LONGEST_REASON]}
    sources.forget(session, imported.sources)
    lifecycle.refresh_card(session, imported, at=now)


def _enqueue(session: Session, import_id: int, source: int, *, at: datetime, quiet: bool) -> None:
    facts = {"import": import_id, "source": source, "quiet": quiet}
    queue.enqueue(session, READ_SOURCE, facts, at=at)
