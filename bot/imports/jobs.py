"""The job that downloads and reads the sources of an import, one at a time."""

from collections.abc import Callable
from typing import Any

from bot.imports.pasting import source_of
from bot.slack.web.downloads import NotDownloadable
from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.jobs.runner import Record
from provisioning.imports import readers, reading, sources
from provisioning.imports.models import Import
from provisioning.imports.parsing import files
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.readers import ReadFile
from provisioning.imports.sources import ImportSource
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.errors import RepoUnusable
from provisioning.outbox import records

Fetch = Callable[[str, str], bytes]
LookUp = Callable[[str], dict[str, Any]]


class ReadSourceJob:
    """A job that reads one source of an import after the other.

    `fetch` takes the URL and the name of a file, and returns its bytes; `look_up` takes the id of a
    file, and returns Slack's file object. `read_file` reads a table or a text, by default in a
    sandbox.
    """

    def __init__(
        self,
        database: Database,
        repo: MunkiRepo,
        fetch: Fetch,
        look_up: LookUp,
        read_file: ReadFile = files.read,
    ) -> None:
        self._database, self._repo = database, repo
        self._fetch, self._look_up, self._read_file = fetch, look_up, read_file

    def do(self, payload: dict[str, Any]) -> Record:
        """Read the source of `payload`. Raises OSError, RepoUnusable where it may be back soon."""
        imported = self._awaiting(payload)
        if imported is None:
            return records.nothing
        source = imported.sources[payload["source"]]
        result, found = self._read(source, many=len(imported.sources) > 1)
        return self._advance(imported, payload, result, found)

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Go on without the source, or drop the import where nothing can be shown."""
        imported = self._awaiting(payload)
        if imported is None:
            return records.nothing
        source = imported.sources[payload["source"]]
        result = sources.unread(source, reason)
        try:
            return self._advance(imported, payload, result, source)
        except RepoUnusable as error:
            reason = first_line(error)
            return lambda session, now: reading.abandon(session, imported.id, reason, now)

    def _awaiting(self, payload: dict[str, Any]) -> Import | None:
        with self._database.reading() as session:
            return reading.awaiting(session, payload)

    def _read(self, source: ImportSource, *, many: bool) -> tuple[ParseResult, ImportSource]:
        """Return the result of a source, and the source with the kind that was found."""
        places = DestinationIndex(self._repo.now())
        try:
            if source["kind"] == sources.UNSEEN:
                source = source_of(self._look_up(source["id"]))
            content = self._content(source) if source["kind"] in sources.DOWNLOADED else b""
        except NotDownloadable as error:
            return sources.unread(source, error.reason), source
        result = readers.read(source, content, places, several=many, read_file=self._read_file)
        return result, source

    def _content(self, source: ImportSource) -> bytes:
        if "text" in source:
            return source["text"].encode(errors="replace")
        if source["size"] > sources.LARGEST:
            raise NotDownloadable(source["name"], sources.too_large())
        if sources.HANDED_IN in source:
            with self._database.reading() as session:
                content = sources.content_of(session, source)
            if content is None:
                raise NotDownloadable(source["name"], "it is not here any more; hand it in again")
            return content
        return self._fetch(source["url"], source["name"])

    def _advance(
        self, imported: Import, payload: dict[str, Any], result: ParseResult, source: ImportSource
    ) -> Record:
        with self._database.reading() as session:
            places = DestinationIndex(self._repo.now())
            progress = reading.advance(session, imported, payload, result, source, places)
        return lambda session, now: reading.record(session, progress, now)
