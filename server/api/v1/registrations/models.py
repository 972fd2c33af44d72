"""Models of registrations, as programs send and read them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from provisioning.registrations.models import Registration
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

State = Literal["waiting", "imaging", "stalled", "failed", "confirmed", "cancelled"]


class RegistrationResource(Resource):
    """A registration: the Mac, where it goes, how it stands.

    `registered_by` is the id of a person in Slack, or a name; null where only the Mac's own script
    said where it goes. `batch` is the number of the card that shows it.
    """

    id: int
    serial: str = Field(validation_alias="name")
    site: str
    build: str
    state: State = Field(validation_alias="seen_as")
    step: str | None
    computer_name: str | None = Field(validation_alias="called")
    registered_by: KnownPerson
    batch: int | None = Field(validation_alias="card_id")
    created_at: Moment
    changed_at: Moment
    heard_at: Moment | None
    confirmed_at: Moment | None
    closed_at: Moment | None


def etag_of(row: Registration) -> str:
    """Return the entity tag of a registration, which changes with each change of it."""
    return f"{row.id}-{row.revision}"


class Registrations(Page[RegistrationResource]):
    """A page of registrations, the newest first; `next` is the cursor of the page behind it."""


class RegistrationQuery(PageQuery):
    """A question to the list: all that is open, or what the fields let through."""

    text: Annotated[
        Text,
        Field(
            description="A part of a serial, a site, a build or a note, a whole computer name, or "
            "the id of a person in Slack."
        ),
    ] = ""
    site: Annotated[Text, Field(description="A site, compared letter by letter.")] = ""
    build: Annotated[Text, Field(description="A build, compared letter by letter.")] = ""
    state: Annotated[
        Literal[State, "all", ""],
        Field(description="One state; `all`: those that are cancelled too; empty: all open ones."),
    ] = ""
    batch: Annotated[
        Number | None, Field(description="The id of a batch: the Macs of one card.")
    ] = None


class NewRegistration(RequestModel):
    """A Mac that is to be registered.

    `site` and `build` are empty where the Munki repo has no such kind. `is_sure`: also where the
    serial or the name is doubtful.
    """

    serial: Name
    site: Text = ""
    build: Text = ""
    name: Text = ""
    note: Note = ""
    is_sure: bool = False


class Place(RequestModel):
    """A place to which a Mac is sent."""

    site: Text = ""
    build: Text = ""


class NewName(RequestModel):
    """A computer name. `is_sure`: also where another Mac may be meant by it."""

    name: Name
    is_sure: bool = False


class Replacing(RequestModel):
    """A Mac, or its new main board, that takes the place of another: its `serial`.

    `kind`: the Mac has a new `board`, or it is another `mac`. `keep`: the former manifest stays.
    """

    serial: Name
    kind: Literal["board", "mac"]
    keep: bool = True


class Done(BaseModel):
    """The outcome of an act: the registration as it is now, and the number of the operation.

    An operation can be undone for ten minutes.
    """

    registration: RegistrationResource
    operation: int


class Undone(BaseModel):
    """The outcome of an undo: how many Macs are as before, how many changed since and were left."""

    operation: int
    restored: int
    left: int


class OperationResource(Resource):
    """An operation: what was done, by whom, by which door, and if it was undone."""

    id: Number
    what: str
    by: str
    via: str
    token: str | None
    at: Moment
    undone_at: Moment | None
