"""Sources of an import: the submitted texts, tables and photos, as JSON in its row.

A file in Slack is fetched when it is read. One that a browser sent is stored until then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Required, TypedDict

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from infrastructure.errors import Conflict, RollcallError
from infrastructure.text import Sentence
from provisioning.imports.models import HandedInFile, HandedInPiece, Import
from provisioning.imports.parsing.entries import ParseResult, Rejected

TEXT, TABLE, PHOTO, OTHER = "text", "table", "photo", "other"  # kinds, as imports keep them
UNSEEN = "unseen"  # the kind of a file of which an event told the id alone
DOWNLOADED = (TABLE, PHOTO)  # the kinds that have a content of bytes
HANDED_IN: Final = "file"  # the key of a source with the number of a file that a browser sent
LARGEST = 20_000_000  # bytes of a file
LARGEST_FORM = LARGEST + 1024 * 1024  # bytes of a form with a file in it
PIECE = 1024 * 1024  # bytes that one transaction keeps: Macs that boot wait for it
MAX_FILES = 10  # files at a time
MAX_WAITING = 20  # files of a person that were sent and not handed in
RETENTION = timedelta(days=1)  # for which a file waits to be read

_PHOTO_ENDINGS = frozenset({"jpg", "jpeg", "jfif", "png", "heic", "heif", "webp"})
# Systems call web pages and tables of text .xls, too.
_TABLE_ENDINGS = frozenset({
    "csv", "tsv", "xlsx", "xlsm", "xls", "xml", "plist", "txt", "text", "md", "markdown", "log",
    "eml", "html", "htm", "json", "jsonl", "ndjson", "tab", "prn",
})  # fmt: skip
ENDINGS = tuple(f".{ending}" for ending in sorted(_PHOTO_ENDINGS | _TABLE_ENDINGS))


class ImportSource(TypedDict, total=False):
    """A source of an import as its row keeps it: a text, or a file by its `name` and `size`.

    `text` is that of a text, or of a mail. A file in Slack has the `url` of its content; of one
    that is UNSEEN only the `id` is known. One that a browser sent has the number of its row in
    `file`.
    """

    kind: Required[str]
    text: str
    name: str
    size: int
    url: str
    id: str
    file: int


class FilesGone(Conflict):
    """Files that are no longer stored, or are of another person."""

    def __init__(self) -> None:
        super().__init__("These files are not here any more; hand them in again.")


class TooManyFiles(RollcallError):
    """More files than are read at a time."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "These are {number} files, and {most} are read at a time.",
            number=number,
            most=MAX_FILES,
        )


class FileTooLarge(RollcallError):
    """A file that is too large to be read."""

    def __init__(self, name: str) -> None:
        reason = too_large()
        super().__init__("{name} was not read: {reason}.", name=name[:80], reason=reason)


def kind_of(name: str, filetype: str) -> str:
    """Return PHOTO, TABLE or OTHER by the end of a file's name, else by `filetype`."""
    for ending in (name.rpartition(".")[2].casefold(), filetype.casefold()):
        if ending in _PHOTO_ENDINGS:
            return PHOTO
        if ending in _TABLE_ENDINGS:
            return TABLE
    return OTHER


def too_large() -> str:
    """Return the reason for which a large file is not read."""
    return Sentence(
        "it has more than {number} MB; send it in parts, or a smaller photo",
        number=LARGEST // 1_000_000,
    )


def begin_file(session: Session, name: str, size: int, *, by: str, at: datetime) -> int:
    """Begin to store a file, and return its number; the oldest of too many is deleted."""
    file = HandedInFile(by=by, name=name, size=size, created_at=at)
    session.add(file)
    session.flush()
    mine = (HandedInFile.by == by) & HandedInFile.import_id.is_(None)
    newest = select(HandedInFile.id).where(mine).order_by(HandedInFile.id.desc())
    _delete(session, session.scalars(newest.offset(MAX_WAITING)).all())
    return file.id


def add_piece(session: Session, file_id: int, number: int, content: bytes) -> None:
    """Store a piece of a file, `number` from 0."""
    session.add(HandedInPiece(file_id=file_id, number=number, content=content))


def hand_in(session: Session, imported: Import, numbers: Sequence[int]) -> list[ImportSource]:
    """Return the sources of files, which belong to an import from now on.

    Raises FilesGone where one is not stored, of another person, or handed in already.
    """
    columns = HandedInFile.id, HandedInFile.name, HandedInFile.size
    are_free = HandedInFile.id.in_(numbers) & HandedInFile.import_id.is_(None)
    rows = session.execute(
        select(*columns).where(are_free, HandedInFile.by == imported.by).order_by(HandedInFile.id)
    ).all()
    if len(rows) != len(numbers):
        raise FilesGone
    session.execute(
        update(HandedInFile).where(HandedInFile.id.in_(numbers)).values(import_id=imported.id)
    )
    return [
        {"kind": kind_of(name, ""), "name": name, "size": size, HANDED_IN: number}
        for number, name, size in rows
    ]


def content_of(session: Session, source: ImportSource) -> bytes | None:
    """Return the content of a file that a browser sent; None where it is no longer stored."""
    file = session.get(HandedInFile, source[HANDED_IN])
    if file is None:
        return None
    pieces = select(HandedInPiece.content).where(HandedInPiece.file_id == file.id)
    return b"".join(session.scalars(pieces.order_by(HandedInPiece.number)))


def forget(session: Session, sources: Sequence[ImportSource]) -> None:
    """Delete the files that browsers sent among sources: they are read, or never will be."""
    _delete(session, [source[HANDED_IN] for source in sources if HANDED_IN in source])


def prune(session: Session, now: datetime) -> None:
    """Delete the files that were not read for a day."""
    old = select(HandedInFile.id).where(HandedInFile.created_at < now - RETENTION)
    _delete(session, session.scalars(old).all())


def _delete(session: Session, numbers: Sequence[int]) -> None:
    if numbers:
        session.execute(delete(HandedInPiece).where(HandedInPiece.file_id.in_(numbers)))
        session.execute(delete(HandedInFile).where(HandedInFile.id.in_(numbers)))


def shared(channel: str, ts: str) -> str:
    """Return the unique key of an import of the files in a message of Slack."""
    return f"file:{channel}:{ts}"


def name_of(source: ImportSource) -> str:
    """Return the name of a source for people."""
    return source.get("name", "the text")


def unread(source: ImportSource, reason: str) -> ParseResult:
    """Return the result of a source that was not read, for a reason in plain words."""
    return ParseResult(rejected=(Rejected(name_of(source), "", reason),))


def is_meant(result: ParseResult, source: ImportSource) -> bool:
    """Return True if a file that was shared without a command is meant for us.

    A photo with any serial is; a text needs a serial without a doubt, or with a site and a build.
    """
    return any(
        source["kind"] == PHOTO or entry.doubt is None or (entry.site and entry.build)
        for entry in result.entries
    )
