"""Models of many registrations at once, as programs send and read them."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic.dataclasses import dataclass

from provisioning.registrations.changes import MAX_AT_ONCE
from server.api.v1.frame.routes import Note, Number, RequestModel, SentMoment, Text
from server.api.v1.registrations.models import State

Outcome = Literal[
    "registered", "moved", "unchanged", "doubtful", "conflict", "nowhere", "invalid", "refused"
]


# No model: ten thousand are in memory at once, and as models they took three times as much.
@dataclass(slots=True, config=RequestModel.model_config)
class Wanted:
    """A Mac that is to be registered; `site` and `build` as for one alone."""

    serial: Text
    site: Text = ""
    build: Text = ""
    name: Text = ""


class Many(RequestModel):
    """Macs that are to be registered at once, with one note.

    `is_sure`: also those that are doubtful. `take_over`: also those that somebody else has waiting
    elsewhere. `dry_run`: only say what would be done.
    """

    rows: Annotated[list[Wanted], Field(min_length=1, max_length=MAX_AT_ONCE)]
    note: Note = ""
    is_sure: bool = False
    take_over: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class RowOutcome:
    """The outcome of a row, by its place in what was sent, from 0.

    It is `registered`, `moved` or `unchanged`; or nothing was done, and `why` says the reason:
    `doubtful`, in `conflict` with what somebody else has waiting, going `nowhere`, `invalid` (no
    serial, or one that came before), `refused`. `registration` is the number of the Mac's open
    registration.
    """

    row: int
    serial: str
    outcome: Outcome
    why: str | None
    registration: int | None


class ManyDone(BaseModel):
    """The outcome of many rows, and the number of the operation; null where nothing was done."""

    operation: int | None
    rows: list[RowOutcome]


class Choice(RequestModel):
    """Registrations that are chosen as in the list; an empty field lets all through.

    `site` and `build` are compared letter by letter.
    """

    text: Text = ""
    site: Text = ""
    build: Text = ""
    state: Literal[State, "all", ""] = ""


class Change(RequestModel):
    """An act on many Macs: those of `numbers`, or those that a `choice` lets through.

    To `move` them, `site` and `build` say where. Macs for which the act makes no sense are left
    alone, and those that changed after the moment `seen`. `dry_run`: only count them.
    """

    act: Literal["move", "reimage", "cancel"]
    numbers: Annotated[list[Number], Field(min_length=1, max_length=MAX_AT_ONCE)] | None = None
    choice: Choice | None = None
    site: Text = ""
    build: Text = ""
    seen: SentMoment | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.numbers is None) == (self.choice is None):
            raise ValueError("say numbers or a choice, one of them")
        if self.act != "move" and (self.site or self.build):
            raise ValueError("only who moves Macs says where they go")
        return self


class ChangeDone(BaseModel):
    """The outcome of an act on many Macs: to how many it was done, and how many were left alone.

    `operation` is null where nothing was done.
    """

    operation: int | None
    changed: int
    left: int
