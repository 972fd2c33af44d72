"""Models of imports, as programs send and read them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from provisioning.imports import sources, summary
from provisioning.imports.edits.listing import EditableRow
from provisioning.imports.models import READ, READING, Import
from provisioning.values.outsiders import shown
from server.api.v1.frame import paging
from server.api.v1.frame.paging import Page, PageQuery
from server.api.v1.frame.routes import (
    KnownPerson,
    Moment,
    Name,
    Note,
    Number,
    RequestModel,
    Resource,
    Text,
)

LONGEST_TEXT = 1_000_000  # characters of a list in a body; a longer one is sent as a file
MAX_ROWS = 1000  # that are changed at once

State = Literal["reading", "read", "registered", "dropped"]
Kind = Literal[
    "new", "moved", "doubtful", "conflict", "nowhere", "invalid", "unchanged", "left out"
]


class FileQuery(RequestModel):
    """The name of a file that is sent."""

    name: Annotated[
        Name, Field(max_length=200, description="The file's name; its ending says how it is read.")
    ]


class KeptFile(BaseModel):
    """A file that is kept for a day, or until it is handed in and read."""

    id: int
    name: str
    size: int


class NewImport(RequestModel):
    """Macs that are handed in: in a `text`, in `files` that were sent before, or both.

    `site` and `build` are for those that name none.
    """

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    files: Annotated[list[Number], Field(max_length=sources.MAX_FILES, default_factory=list)]
    site: Text = ""
    build: Text = ""
    note: Note = ""


class PlaceCount(BaseModel):
    """A place to which ready Macs of a dry run go, and how many."""

    site: str
    build: str
    macs: int


class ImportResource(Resource):
    """An import: Macs that were handed in, and how far it is.

    While `reading`, `sources_read` of its `sources` are read. Then it is `read`: `counts` are
    those of its rows by kind, `wants` says which of site and build some rows lack, and it waits
    until `ends_at`. Once `registered` it has an `operation`, unless nothing was; one that was
    `dropped` because it could not be read has the reason in `failed`.
    """

    id: int
    state: State
    by: str
    via: str
    site: str | None
    build: str | None
    note: str
    sources: int | None
    sources_read: int
    counts: dict[str, int] | None
    places: list[PlaceCount]
    wants: list[Literal["site", "build"]]
    operation: int | None
    failed: str | None
    created_at: Moment
    ends_at: Moment | None
    settled_at: Moment | None
    settled_by: KnownPerson

    @classmethod
    def of(cls, row: Import, *, number_of_sources: int | None = None) -> "ImportResource":
        """Return an import of the database."""
        facts = row.shown or {}
        counts = facts.get("counts")
        return cls(
            id=row.id,
            state=row.state,
            by=shown(row.by),
            via=row.via,
            site=row.site,
            build=row.build,
            note=row.note,
            sources=number_of_sources,
            sources_read=row.done,
            counts={**counts, summary.LEFT_OUT: facts.get("left_out", 0)} if counts else None,
            places=[
                PlaceCount(site=site, build=build, macs=macs)
                for site, build, macs in facts.get("places", ())
            ],
            wants=facts.get("wants", []),
            operation=row.act_id,
            failed=facts.get("failed"),
            created_at=row.created_at,
            ends_at=row.ends_at if row.state == READ else None,
            settled_at=row.settled_at,
            settled_by=row.settled_by,
        )


def etag_of(row: Import) -> str:
    """Return the entity tag of an import, which changes with each change of it or of a row."""
    progress = row.done if row.state == READING else summary.digest_of(row.shown)
    return f"{row.id}-{row.state}-{progress}"


class ImportQuery(PageQuery):
    """A question to the list of imports."""

    state: Annotated[
        Literal[State, "all", ""],
        Field(description="One state; `all`: settled ones too; empty: those read or waiting."),
    ] = ""


class Imports(Page[ImportResource]):
    """A page of imports, the newest first; `next` is the cursor of the page behind it.

    The number of sources is null here.
    """


class Standing(BaseModel):
    """The open registration of a Mac that a row names."""

    site: str
    build: str
    registered_by: KnownPerson
    since: Moment
    state: str


class ImportRowResource(Resource):
    """A row of a dry run: a Mac, or a text that could not be read as one.

    `number` is its place in what was read, from 0, and `version` counts its changes. `why` is the
    reason for which somebody should look at it, `where` its place in the source. `standing` is null
    where the Mac is not registered, or at a site that the token does not reach.
    """

    number: int
    version: int
    kind: Kind
    serial: str
    site: str
    build: str
    computer_name: str | None
    why: str
    where: str
    standing: Standing | None
    changed_by: KnownPerson
    changed_at: Moment | None

    @classmethod
    def of(cls, row: EditableRow, *, why: str, sees_standing: bool) -> "ImportRowResource":
        """Return a row of a listing, as the caller may see it."""
        current = row.row.standing if row.row and sees_standing else None
        destination = row.row.destination if row.row else None
        return cls(
            number=row.number,
            version=row.version,
            kind=row.kind,
            serial=row.values.serial,
            site=destination.site if destination else row.values.site,
            build=destination.build if destination else row.values.build,
            computer_name=row.row.called if row.row else None,
            why=why,
            where=row.read.where,
            standing=current
            and Standing(
                site=current.site,
                build=current.build,
                registered_by=current.by,
                since=current.since,
                state=current.state,
            ),
            changed_by=row.by,
            changed_at=row.at,
        )


class RowQuery(PageQuery):
    """A question to the rows of a dry run."""

    kind: Annotated[
        Literal[Kind, ""], Field(description="Rows of one kind; empty: all of them.")
    ] = ""


class ImportRows(Page[ImportRowResource]):
    """A page of rows in the order of reading; `next` is the cursor of the following page."""


class RowChange(RequestModel):
    """A change of a row, whose `version` is the one that was seen; what is null stays.

    The `decision` is to `take` a row in spite of its doubt, or though somebody else registered the
    Mac; to leave it `out`; or, empty, neither.
    """

    number: Annotated[int, Field(ge=0, le=paging.LARGEST_INDEX)]
    version: Annotated[int, Field(ge=0, le=paging.LARGEST_INDEX)]
    serial: Name | None = None
    site: Text | None = None
    build: Text | None = None
    decision: Literal["take", "out", ""] | None = None


class RowChanges(RequestModel):
    """Changes of rows, which are all done or none."""

    rows: Annotated[list[RowChange], Field(min_length=1, max_length=MAX_ROWS)]


class Edited(BaseModel):
    """The import after an edit of rows, which can be undone by its number.

    `edit` is null where none is left that can be undone.
    """

    edit: int | None
    imported: ImportResource


class EditUndoing(RequestModel):
    """The newest edit, which is taken back."""

    edit: Number


class Defaults(RequestModel):
    """The site of the rows that name none, and the build; what is empty stays."""

    site: Text = ""
    build: Text = ""


class Approval(RequestModel):
    """An approval of a dry run: its ready rows, and those of the kinds `including`."""

    including: Annotated[
        list[Literal["doubtful", "conflict"]], Field(max_length=2, default_factory=list)
    ]


class Approved(BaseModel):
    """The outcome of an approval: new and moved Macs, and the operation by which it is undone.

    `meanwhile` are the serials of rows that were ready, until others registered those Macs.
    """

    imported: ImportResource
    new: int
    moved: int
    operation: int
    meanwhile: list[str]
