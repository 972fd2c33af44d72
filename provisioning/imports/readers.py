"""Readers of an import's sources: of texts, and of the content of tables and photos.

A module of its own, because only the job that reads needs the decoders.
"""

from collections.abc import Callable
from dataclasses import replace

from infrastructure.execution.sandbox import GaveUp
from infrastructure.text import Sentence
from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected, UnreadableFile
from provisioning.imports.parsing.formats.kinds import ARCHIVE, DOCUMENT, OUTLOOKS, PDF
from provisioning.imports.photos import labels
from provisioning.imports.photos.labels import PhotoReading, UnreadablePhoto
from provisioning.imports.sources import OTHER, PHOTO, TEXT, UNSEEN, ImportSource, name_of, unread
from provisioning.munki.destinations import DestinationIndex

ReadFile = Callable[..., ParseResult]  # as `files.read`

_READABLE = "Rollcall reads CSV and Excel (.xlsx) files, text, and photos (JPEG, PNG, HEIC)"

# Files that are not fetched, by the ends of their names.
_OTHERS = {
    "pdf": PDF,
    "msg": OUTLOOKS,
    **dict.fromkeys(("zip", "gz", "tgz", "tar", "7z", "rar"), ARCHIVE),
    **dict.fromkeys(("docx", "doc", "odt", "pages"), DOCUMENT),
    "numbers": "it is a Numbers document; export it as CSV or for Excel",
    "rtf": "it is a formatted text; save it as plain text",
    **dict.fromkeys(("ods", "xlsb"), "it is no Excel workbook; save it as .xlsx or CSV"),
}


def read(
    source: ImportSource,
    content: bytes,
    places: DestinationIndex,
    *,
    several: bool,
    read_file: ReadFile = files.read,
) -> ParseResult:
    """Return the Macs in a source; one rejection with the reason where it cannot be read.

    `content` is that of a file, which `read_file` reads, and empty for a text. Where the import has
    `several` sources, the places of the Macs begin with the file's name.
    """
    try:
        if source["kind"] == TEXT:
            return free_text.read(source["text"], *places.known)
        result = _read_file(source, content, places, read_file)
    except (UnreadableFile, UnreadablePhoto) as error:
        return unread(source, error.reason)
    except GaveUp as error:
        return unread(source, f"{error.reason}; send it smaller, or the serials as text")
    is_table = source["kind"] not in (OTHER, UNSEEN, PHOTO)
    return _placed(result, name_of(source)) if several and is_table else result


def _read_file(
    source: ImportSource, content: bytes, places: DestinationIndex, read_file: ReadFile
) -> ParseResult:
    name = name_of(source)
    if source["kind"] in (OTHER, UNSEEN):
        ending = name.rpartition(".")[2].casefold()
        return unread(source, _OTHERS.get(ending, _READABLE))
    if source["kind"] == PHOTO:
        return _read_photo(content, name)
    result = read_file(content, name, *places.known)
    is_empty = not (result.entries or result.rejected)
    return unread(source, "there is no serial in it") if is_empty else result


def _read_photo(content: bytes, name: str) -> ParseResult:
    photo = labels.read(content)
    entries = (Entry(found.serial, where=name, doubt=found.doubt) for found in photo.serials)
    reason = _unread_on(photo)
    return ParseResult(tuple(entries), (Rejected(name, "", reason),) if reason else ())


def _unread_on(photo: PhotoReading) -> str | None:
    """The reason to take another photo; None where all labels that were seen were read."""
    if not photo.serials:
        return (
            "no barcode of a serial can be read on it; take it closer, straight and in better "
            "light, or type it"
        )
    if photo.unread_labels:
        return Sentence(
            "it has {number} or more other labels whose serial cannot be read; take those closer",
            number=photo.unread_labels,
        )
    return None


def _placed(result: ParseResult, name: str) -> ParseResult:
    return ParseResult(
        tuple(replace(entry, where=f"{name}, {entry.where}") for entry in result.entries),
        tuple(replace(rejected, where=f"{name}, {rejected.where}") for rejected in result.rejected),
    )
