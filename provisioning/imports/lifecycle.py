"""The states of an import: kept, shown as a dry run, and then registered or dropped, once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session, defer

from infrastructure.database.statements.dialects import upsert
from infrastructure.errors import Conflict, InvalidInput
from infrastructure.text import Sentence
from provisioning.imports import dry_run, summary
from provisioning.imports.dry_run import DryRun
from provisioning.imports.edits import choices
from provisioning.imports.edits.choices import RowChoice
from provisioning.imports.models import DROPPED, READ, READING, REGISTERED, Import, Summary
from provisioning.imports.parsing.entries import ParseResult, from_text, to_json
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.outbox.outbox import Target
from provisioning.registrations.models import Operation

LONGEST_NOTE = 200  # characters
OPEN_FOR = timedelta(days=14)  # after the last edit, until a dry run ends
_WITHOUT_MACS = (defer(Import.reading),)  # megabytes, which most acts on it do not need


class AlreadyKept(Conflict):
    """A submission that was kept before: another one has the same `once`."""


class NotOpen(Conflict):
    """A dry run that is not open, or does not exist any more."""

    def __init__(self, state: str | None, by: str | None = None, at: datetime | None = None):
        if state:
            super().__init__("That dry run is settled already.")
        else:
            super().__init__("That dry run is gone.")
        self.state, self.by, self.at = state, by, at


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission of Macs: by a Slack user, `via` a door, at a moment.

    `site` and `build` hold for the Macs that name none; `once`, where given, is unique.
    """

    by: str
    via: str
    at: datetime
    site: str | None = None
    build: str | None = None
    note: str = ""
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An import that its person has not registered yet; of `files`, `done` are read.

    `channel` is that of its card; None where it has none.
    """

    id: int
    state: str
    at: datetime
    files: int
    done: int
    channel: str | None


def keep(session: Session, result: ParseResult, submission: Submission) -> Import:
    """Insert an import with its Macs and return it. Raises AlreadyKept."""
    statement = upsert(session, Import).values(
        by=submission.by,
        via=submission.via,
        state=READ,
        site=submission.site,
        build=submission.build,
        note=submission.note[:LONGEST_NOTE],
        once=submission.once and submission.once[:255],
        sources=[],
        reading=to_json(result),
        created_at=submission.at,
        ends_at=submission.at + OPEN_FOR,
    )
    added = session.scalar(statement.on_conflict_do_nothing().returning(Import.id))
    if added is None:
        raise AlreadyKept
    return session.get_one(Import, added)


def classify(
    session: Session,
    imported: Import,
    places: DestinationIndex,
    *,
    changes: Mapping[int, RowChoice] | None = None,
) -> DryRun:
    """Return the present dry run of an import, for the person who submitted it.

    It includes people's choices; `changes` count as if they were stored.
    """
    stored = choices.stored(session, imported)
    made = {number: RowChoice.of(row) for number, row in stored.items()} | dict(changes or {})
    return classify_read(session, imported, places, read_of(session, imported), made)


def classify_read(
    session: Session,
    imported: Import,
    places: DestinationIndex,
    result: ParseResult,
    made: Mapping[int, RowChoice],
) -> DryRun:
    """Return the dry run of an import whose Macs were read as `result`, with the choices `made`."""
    edited = choices.apply(result, made)
    dry = dry_run.classify(
        session,
        edited.result,
        places,
        by=imported.by,
        site=imported.site,
        build=imported.build,
        accepted=edited.accepted,
    )
    rows = tuple(
        row if row.number == number else replace(row, number=number)
        for row, number in zip(dry.rows, edited.numbers, strict=False)
    )
    open_rows = {row.number for row in rows if row.kind in dry_run.OPEN}
    open_rows |= set(edited.numbers[len(rows) :])
    return replace(dry, rows=rows, left_out=edited.left_out, edited=len(made.keys() - open_rows))


def read_of(session: Session, imported: Import) -> ParseResult:
    """Return the Macs of an import as they were read.

    Their JSON is asked for as a text: as a value of the row, megabytes would stay in the session.
    One of another form, which a hand has written, has no Macs.
    """
    text = session.scalar(select(cast(Import.reading, Text)).where(Import.id == imported.id))
    try:
        return from_text(text) if text else ParseResult()
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError, InvalidInput):
        return ParseResult()


def show(session: Session, imported: Import, places: DestinationIndex, *, at: datetime) -> None:
    """Show the present dry run of an import on its card."""
    show_summary(session, imported, summary.of(classify(session, imported, places)), at=at)


def show_summary(session: Session, imported: Import, rendered: Summary, *, at: datetime) -> None:
    """Show the summary of a dry run of an import, which is the present one, on its card."""
    imported.shown = rendered
    refresh_card(session, imported, at=at)


def opened(session: Session, import_id: int) -> Import:
    """Return an open import, locked until the commit. Raises NotOpen."""
    return _open(session.get(Import, import_id, options=_WITHOUT_MACS, with_for_update=True))


def waiting(session: Session, import_id: int) -> Import:
    """Return an open import, without a lock. Raises NotOpen."""
    return _open(session.get(Import, import_id, options=_WITHOUT_MACS))


def _open(imported: Import | None) -> Import:
    if imported is None:
        raise NotOpen(None)
    if imported.state != READ:
        raise NotOpen(imported.state, imported.settled_by, imported.settled_at)
    return imported


def peek(session: Session, import_id: int) -> Import:
    """Return an import in any state, without a lock. Raises NotOpen where it does not exist."""
    imported = session.get(Import, import_id)
    if imported is None:
        raise NotOpen(None)
    return imported


def settle(session: Session, imported: Import, dry: DryRun, *, by: str, at: datetime) -> None:
    """Settle an import without registering anything."""
    imported.state, imported.settled_by, imported.settled_at = REGISTERED, by, at
    rendered = summary.of(dry)
    left = summary.left(rendered)
    imported.shown = {**rendered, "outcome": {"new": 0, "moved": 0, "left": left}}
    refresh_card(session, imported, at=at)


def drop(session: Session, import_id: int, *, by: str, at: datetime) -> Import:
    """Drop an open import. Raises NotOpen."""
    imported = opened(session, import_id)
    imported.state, imported.settled_by, imported.settled_at = DROPPED, by, at
    refresh_card(session, imported, at=at)
    return imported


def set_defaults(imported: Import, *, site: str | None = None, build: str | None = None) -> None:
    """Set the site or the build of the Macs that name none."""
    imported.site, imported.build = site or imported.site, build or imported.build


def undone(session: Session, operation: Operation) -> None:
    """Enqueue the card of the import that an undone operation registered, if there is one."""
    imported = session.scalars(select(Import).where(Import.act_id == operation.id)).one_or_none()
    if imported is not None and operation.undone_at is not None:
        refresh_card(session, imported, at=operation.undone_at)


def refresh_card(session: Session, imported: Import, *, at: datetime) -> None:
    """Enqueue the card of an import, where it has one."""
    if imported.card_id is not None:
        outbox.enqueue_cards(session, [imported.card_id], at=at)


def enqueue_file(session: Session, content: bytes, *, channel: Target, at: datetime) -> None:
    """Enqueue a whole dry run, as `summary.csv_of` returns it: a message cannot show all of it."""
    outbox.enqueue_file(
        session,
        channel=channel,
        name="dry-run.csv",
        content=content,
        sentence=Sentence("The whole dry run, one Mac per line."),
        at=at,
    )


def of_card(session: Session, card: Card) -> Import:
    """Return the import that a card shows."""
    return session.scalars(select(Import).where(Import.card_id == card.id)).one()


def unfinished(session: Session, user: str, *, limit: int) -> list[Unfinished]:
    """Return the newest `limit` imports of a person that wait to be read or to be registered."""
    rows = (
        select(
            *(Import.id, Import.state, Import.created_at, Import.sources, Import.done),
            Card.channel,
        )
        .outerjoin(Card, Card.id == Import.card_id)
        .where(Import.by == user, Import.state.in_((READING, READ)))
        .order_by(Import.id.desc())
        .limit(limit)
    )
    return [
        Unfinished(import_id, state, at, len(sources), done_count, channel)
        for import_id, state, at, sources, done_count, channel in session.execute(rows)
    ]


def end_abandoned(session: Session, now: datetime) -> None:
    """Drop the dry runs that were not settled until their end; their cards show it."""
    query = select(Import).where(Import.state == READ, Import.ends_at <= now)
    for imported in session.scalars(query.order_by(Import.id).with_for_update()):
        imported.state, imported.settled_at = DROPPED, now
        refresh_card(session, imported, at=now)
