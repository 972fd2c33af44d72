"""Tables of imports: Macs that a person submits together."""

from datetime import datetime
from types import NoneType
from typing import Any, TypedDict

from sqlalchemy import ForeignKey, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, Json, OptionalFacts, partial

# States of an import.
READING, READ, REGISTERED, DROPPED = "reading", "read", "registered", "dropped"


class StoredPlace(TypedDict):
    """The open registration of a Mac, in a summary; `since` is in ISO format."""

    site: str
    build: str
    by: str | None
    since: str
    state: str


class SummaryRow(TypedDict, total=False):
    """A row of a summary; one that was rejected has only its text, its place and the reason."""

    serial: str
    site: str | None
    build: str | None
    where: str
    name: str | None
    why: str
    standing: StoredPlace | None


class ImportOutcome(TypedDict, total=False):
    """The result of a registered import; `left` has the numbers of rows left, by kind."""

    new: int
    moved: int
    left: dict[str, int]


class Summary(TypedDict, total=False):
    """The summary of a dry run: `counts` and the `first` rows by kind, and `ready` serials' keys.

    `places` are sites and builds with numbers of Macs, `wants` the kinds of names that Macs lack,
    `rows` a digest of all rows. A settled import has an `outcome`; one that was not read has only
    the reason, `failed`.
    """

    counts: dict[str, int]
    first: dict[str, list[SummaryRow]]
    wants: list[str]
    left_out: int
    edited: int
    ready: list[str]
    rows: str
    places: list[tuple[str, str, int]]
    outcome: ImportOutcome
    failed: str


class Import(Base):
    """An import: Macs that a person submitted in a text, a file or a photo.

    `sources` are texts and files, of which `done` are read; `reading` holds their Macs, as
    `parsing.entries.to_json` returns them, and `shown` the summary for messages. `site` and `build`
    are for Macs that name none. `once`, where set, is a unique key: Slack may report a shared file
    twice. An open one ends at `ends_at`, where that is known: it is extended by edits.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("acts.id"))
    once: Mapped[str | None]
    by: Mapped[str]
    via: Mapped[str]
    state: Mapped[str]
    site: Mapped[str | None]
    build: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    sources: Mapped[list[Any]]
    done: Mapped[int] = mapped_column(server_default=text("0"))
    reading: Mapped[OptionalFacts]
    shown: Mapped[Summary | None] = mapped_column(Json(dict, NoneType, otherwise=NoneType))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    ends_at: Mapped[datetime | None]

    __table_args__ = (
        partial("uq_imports_once", "once", where="once IS NOT NULL", unique=True),
        partial("ix_imports_ending", "ends_at", where="state = 'read'"),
    )


class ImportRow(Base):
    """A row of an import that a person changed; the others are as they were read.

    `number` is its place among the entries and then the rejected texts of `Import.reading`, from 0.
    `version` counts its changes, from 1. The other columns are those of `edits.choices.RowChoice`.
    """

    __tablename__ = "import_rows"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    serial: Mapped[str | None]
    site: Mapped[str | None]
    build: Mapped[str | None]
    decision: Mapped[str | None]
    accepted: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str]
    at: Mapped[datetime]


class ImportEdit(Base):
    """An edit of some rows of an import at once, which can be undone as long as that is open.

    `before` holds pairs: the number of a row, and its choice before the edit as JSON.
    """

    __tablename__ = "import_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class HandedInFile(Base):
    """A file that a person sent from a browser; it is deleted once it is read, or after a day.

    `import_id` is the import that it was handed in with, None as long as it was not.
    """

    __tablename__ = "handed_in_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    name: Mapped[str]
    size: Mapped[int]
    created_at: Mapped[datetime]


class HandedInPiece(Base):
    """A piece of the content of a handed-in file, `number` from 0."""

    __tablename__ = "handed_in_pieces"

    file_id: Mapped[int] = mapped_column(ForeignKey("handed_in_files.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
