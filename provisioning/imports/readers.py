"""Readers of an import's sources: of texts, and of the content of tables and photos.

A module of its own, because only the job that reads needs the decoders.
"""

from dataclasses import replace
from typing import Any

from infrastructure.execution.sandbox import GaveUp
from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected, UnreadableFile
from provisioning.imports.photos import labels
from provisioning.imports.photos.labels import UnreadablePhoto
from provisioning.imports.sources import OTHER, PHOTO, TEXT, name_of, unread
from provisioning.munki.destinations import DestinationIndex

_READABLE = "Rollcall reads CSV and Excel (.xlsx) files, text, and photos (JPEG, PNG, HEIC)"


def read(
    source: dict[str, Any], content: bytes, places: DestinationIndex, *, several: bool
) -> ParseResult:
    """Return the Macs in a source; one rejection with the reason where it cannot be read.

    `content` is that of a file, and empty for a text. Where the import has `several` sources, the
    places of the Macs begin with the file's name.
    """
    name = name_of(source)
    if source["kind"] == OTHER:
        return unread(source, _READABLE)
    try:
        if source["kind"] == TEXT:
            return free_text.read(source["text"], *places.known)
        if source["kind"] == PHOTO:
            return _read_photo(content, name)
        result = files.read(content, name, *places.known)
    except (UnreadableFile, UnreadablePhoto) as error:
        return unread(source, error.reason)
    except GaveUp as error:
        return unread(source, f"{error.reason}; send it smaller, or the serials as text")
    return _placed(result, name) if several else result


def _read_photo(content: bytes, name: str) -> ParseResult:
    serials = labels.read(content)
    if not serials:
        reason = "no serial can be read on it; take it closer, straight and in better light"
        return ParseResult(rejected=(Rejected(name, "", reason),))
    return ParseResult(
        tuple(Entry(found.serial, where=name, doubt=found.doubt) for found in serials)
    )


def _placed(result: ParseResult, name: str) -> ParseResult:
    return ParseResult(
        tuple(replace(entry, where=f"{name}, {entry.where}") for entry in result.entries),
        tuple(replace(rejected, where=f"{name}, {rejected.where}") for rejected in result.rejected),
    )
