"""Jobs that read what was handed in: one for each source, so that a restart goes on from there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot.imports.sources import OTHER, PHOTO, TEXT
from bot.slack import downloads
from bot.slack.downloads import NotDownloadable
from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import Record
from infrastructure.sandbox import GaveUp
from provisioning.imports import batches, summary
from provisioning.imports.dry_run import DryRun
from provisioning.imports.models import DROPPED, READ, READING, Import
from provisioning.imports.parsing import files, text
from provisioning.imports.parsing.entries import (
    Entry,
    ParseResult,
    Rejected,
    from_json,
    join,
    to_json,
)
from provisioning.imports.parsing.errors import UnreadableFile
from provisioning.imports.photos import labels
from provisioning.imports.photos.labels import UnreadablePhoto
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.errors import RepoUnusable
from provisioning.outbox import outbox
from provisioning.outbox.models import Card

Fetch = Callable[[str, str], bytes]

_KINDS = "Rollcall reads CSV and Excel (.xlsx) files, text, and photos (JPEG, PNG, HEIC)"


@dataclass(frozen=True, slots=True)
class Part:
    """What one job found out: all that is read by now, and the dry run where that is all."""

    import_id: int
    source: int
    quiet: bool
    reading: ParseResult
    dry: DryRun | None


class ReadSourceJob:
    """Reads one source of an import after the other, and then shows the dry run."""

    def __init__(self, database: Database, repo: MunkiRepo, fetch: Fetch) -> None:
        self._database, self._repo, self._fetch = database, repo, fetch

    def do(self, facts: dict[str, Any]) -> Record:
        """Read the source that `facts` name. Raises OSError where it may be there in a minute."""
        one = self._import(facts)
        if one is None:
            return _nothing
        try:
            source = one.sources[facts["source"]]
            return self._recording(one, facts, self._tried(source, many=len(one.sources) > 1))
        except RepoUnusable as error:
            raise OSError(str(error)) from error  # it may be back in a minute

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Go on without the source, or without all of them where nothing can be shown at all."""
        one = self._import(facts)
        if one is None:
            return _nothing
        name = one.sources[facts["source"]].get("name", "the text")
        try:
            return self._recording(one, facts, ParseResult(rejected=(Rejected(name, "", reason),)))
        except RepoUnusable as error:
            return partial(_drop, import_id=one.id, reason=str(error).splitlines()[0])

    def _import(self, facts: dict[str, Any]) -> Import | None:
        with self._database.reading() as session:
            one = session.get(Import, facts["import"])
            waits = one is not None and one.state == READING and one.done == facts["source"]
            return one if waits else None

    def _tried(self, source: dict[str, Any], *, many: bool) -> ParseResult:
        """What one source holds, or the reason why it cannot be read."""
        try:
            return self._read(source, many=many)
        except (NotDownloadable, UnreadableFile, UnreadablePhoto) as error:
            reason = error.reason
        except GaveUp as error:
            reason = f"{error.reason}; send it smaller, or the serials as text"
        return ParseResult(rejected=(Rejected(source.get("name", "the text"), "", reason),))

    def _read(self, source: dict[str, Any], *, many: bool) -> ParseResult:
        """The places in it begin with its name where there are several."""
        places = DestinationIndex(self._repo)
        if source["kind"] == TEXT:
            return text.read(source["text"], places.sites, places.builds)
        name = source["name"]
        if source["kind"] == OTHER:
            raise NotDownloadable(name, _KINDS)
        if source["size"] > downloads.LARGEST:
            raise NotDownloadable(name, downloads.too_large())
        content = self._fetch(source["url"], name)
        if source["kind"] == PHOTO:
            return _of_photo(content, name)
        reading = files.read(content, name, places.sites, places.builds)
        return _placed(reading, name) if many else reading

    def _recording(self, one: Import, facts: dict[str, Any], read: ParseResult) -> Record:
        """What is worked out before the transaction, so that it is short."""
        before = from_json(one.reading) if one.reading else ParseResult()
        reading = join([before, read])
        with self._database.reading() as session:
            last = facts["source"] + 1 == len(one.sources)
            dry = (
                batches.sort(session, one, DestinationIndex(self._repo), reading) if last else None
            )
        quiet = facts["quiet"] and not _speaks(read, one.sources[facts["source"]])
        part = Part(one.id, facts["source"], quiet, reading, dry)
        return lambda session, now: _keep(session, part, now)


def _nothing(session: Session, now: datetime) -> None:
    del session, now


def _keep(session: Session, part: Part, now: datetime) -> None:
    one = session.get_one(Import, part.import_id, with_for_update=True)
    if one.state != READING or one.done != part.source:
        return
    card = session.get_one(Card, one.card_id)
    one.reading, one.done = to_json(part.reading), part.source + 1
    if not part.quiet:
        outbox.enqueue_card(session, card, at=now)
    if part.dry is None:
        facts = {"import": one.id, "source": one.done, "quiet": part.quiet}
        queue.enqueue(session, batches.READ_SOURCE, facts, at=now)
    elif part.quiet:
        one.state, one.settled_at = DROPPED, now
    else:
        one.state, one.shown = READ, summary.of(part.dry)
        _owe_whole(session, part.dry, card, one.shown, now)


def _drop(session: Session, now: datetime, *, import_id: int, reason: str) -> None:
    one = session.get_one(Import, import_id, with_for_update=True)
    one.state, one.settled_at, one.shown = DROPPED, now, {"failed": reason[:200]}
    batches.refresh_card(session, one, at=now)


def _owe_whole(
    session: Session, dry: DryRun, card: Card, shown: dict[str, Any], now: datetime
) -> None:
    """Owe the dry run as a file where a message is too short for it."""
    if summary.is_whole(shown):
        return
    outbox.enqueue_file(
        session,
        channel=card.channel,
        name="dry-run.csv",
        content=summary.csv_of(dry),
        sentence="The whole dry run, a Mac a line.",
        at=now,
        thread=card,
    )


def _of_photo(content: bytes, name: str) -> ParseResult:
    found = labels.read(content)
    if not found:
        reason = "no serial can be read on it; take it closer, straight and in better light"
        return ParseResult(rejected=(Rejected(name, "", reason),))
    return ParseResult(tuple(Entry(one.serial, where=name, doubt=one.doubt) for one in found))


def _placed(reading: ParseResult, name: str) -> ParseResult:
    return ParseResult(
        tuple(replace(one, where=f"{name}, {one.where}") for one in reading.entries),
        tuple(replace(one, where=f"{name}, {one.where}") for one in reading.rejected),
    )


def _speaks(reading: ParseResult, source: dict[str, Any]) -> bool:
    """Whether a file that nobody asked us to read is one that is meant for us.

    Any barcode of a serial is. What stands in a text has to be one beyond doubt.
    """
    return any(source["kind"] == PHOTO or entry.doubt is None for entry in reading.entries)
