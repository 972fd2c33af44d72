"""The API's own errors, and the kind of problem that each error is: its status and its fix."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError

from infrastructure.errors import Conflict, InvalidInput, RollcallError, Unknown
from infrastructure.text import readable
from provisioning.access.credentials import UnknownCredential
from provisioning.access.programs.calls import KeyUsed, StillRunning
from provisioning.access.programs.tokens import BoundToken, MakerGone, OtherAct, OutsideToken
from provisioning.firstboot.benches import BenchEnded, BenchOccupied
from provisioning.firstboot.replacements.replacing import NotReplaceable
from provisioning.firstboot.unknown import AlreadySettled
from provisioning.imports.approval import NothingLeft
from provisioning.imports.edits.changes import InvalidRow, NotTheirs, RowsChanged
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.lifecycle import NotOpen
from provisioning.imports.sources import FilesGone
from provisioning.maintenance.acts.intake import DryRunChanged, NoSuchImport, NothingHandedIn
from provisioning.maintenance.acts.registering import DoubtfulSerial
from provisioning.monitoring.webhooks.hooks import UnknownHook, UnusableHook
from provisioning.munki.errors import (
    ManifestUnreadable,
    RepoUnusable,
    SerialMeansSomething,
    UnknownDestination,
)
from provisioning.policy import NotAllowed
from provisioning.registrations.changes import AlreadyThere, NothingToDo, TooManyMacs
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.registrations.names.name_clashes import Clash, ComputerNameClashes
from provisioning.registrations.names.naming import ComputerNameTaken
from provisioning.registrations.operations import NotUndoable
from provisioning.values.computer_names import InvalidComputerName
from provisioning.values.serials import InvalidSerial, PlaceholderSerial
from server import errors

MAX_FAULTS = 20  # of one body that are told
LONGEST_INPUT = 200  # characters of what was sent that are told


class Changed(RollcallError):
    """A resource that changed after the program read it."""

    def __init__(self) -> None:
        super().__init__("This has changed since you read it, so nothing was done.")


class NoCondition(RollcallError):
    """A change of one resource without the condition that it has not changed since it was read."""

    def __init__(self) -> None:
        super().__init__("There is no If-Match in this call.")


class NoKey(InvalidInput):
    """An act without a key, by which a repetition is recognized."""

    def __init__(self) -> None:
        super().__init__("There is no Idempotency-Key of 1 to 255 plain characters in this call.")


class NoSuchThing(Unknown):
    """A number of no resource, or of one that the token does not reach."""

    def __init__(self) -> None:
        super().__init__("There is no such thing, or this token does not reach it.")


class Invalid(InvalidInput):
    """A call that differs from the form in the document; `faults` are the places and reasons."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__("This call is not as the document says.")
        self.faults = faults

    @classmethod
    def of(cls, error: ValidationError) -> "Invalid":
        """Return the faults that pydantic found, without the values."""
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return cls(
            [
                {
                    "at": readable(".".join(map(str, fault["loc"])), LONGEST_INPUT),
                    "why": readable(fault["msg"], LONGEST_INPUT),
                }
                for fault in found[:MAX_FAULTS]
            ]
        )


class AlreadyRegistered(Conflict):
    """A Mac that a person has registered already."""

    def __init__(self, serial: str, place: str, number: int | None) -> None:
        super().__init__("{serial} is registered for {place} already.", serial=serial, place=place)
        self.number = number


class DoubtfulName(Conflict):
    """A computer name by which Munki may take the Mac for another one; the message says why.

    `manifest` is one that the reason names.
    """

    def __init__(self, doubt: Clash | None) -> None:
        super().__init__(doubt.why if doubt else "")
        self.manifest = doubt and doubt.manifest


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem: its status, the fix that is told, and a name, by the class without one."""

    status: int
    fix: str
    name: str = ""


SEE = "See what the document at /api/v1/openapi.json says of this route."
AGAIN = "Try again after the seconds that Retry-After names."
_READ_AGAIN = "Read it again, and send its ETag as If-Match."
_NAMES = "Take one of the names that /api/v1/sites and /api/v1/builds list."
KINDS: Mapping[type[Exception], ProblemKind] = {
    Invalid: ProblemKind(400, SEE),
    NoKey: ProblemKind(
        400, "Send a key of your own with each act, such as a UUID; again when you retry."
    ),
    InvalidSerial: ProblemKind(400, "Send the serial as it stands on the Mac or its box."),
    PlaceholderSerial: ProblemKind(400, "Send the serial of the Mac itself, not a placeholder."),
    InvalidComputerName: ProblemKind(400, "Send another name."),
    UnusableHook: ProblemKind(400, "Do what the detail says, then send it again."),
    NothingHandedIn: ProblemKind(400, "Send a text, or the numbers of files that you sent before."),
    InvalidRow: ProblemKind(400, "Put that row right; none was changed."),
    MakerGone: ProblemKind(401, "Have somebody who may use Rollcall make another token."),
    OtherAct: ProblemKind(403, "Use a token that is for this act."),
    OutsideToken: ProblemKind(
        403,
        "Use a token that reaches it; /api/v1/token lists the sites of this one, which are "
        "compared letter by letter.",
    ),
    BoundToken: ProblemKind(403, "Use a token for all sites."),
    NotAllowed: ProblemKind(403, "Have somebody who may do this make a token."),
    NotTheirs: ProblemKind(403, "Say where these Macs go with the token that handed them in."),
    **dict.fromkeys(
        (NoSuchThing, NoSuchImport, UnknownCredential, UnknownHook),
        ProblemKind(404, "Look it up in its list."),
    ),
    NotRegistered: ProblemKind(404, "Register the Mac, or correct its serial."),
    UnknownDestination: ProblemKind(404, _NAMES),
    AlreadyRegistered: ProblemKind(409, "Move that registration, or leave it."),
    DoubtfulName: ProblemKind(409, "Choose another name, or send it with is_sure."),
    AlreadySettled: ProblemKind(409, "There is nothing to do: look at what was decided."),
    AlreadyThere: ProblemKind(409, "There is nothing to do, or another place to name."),
    NothingLeft: ProblemKind(409, "Send them again: others registered them at this moment."),
    NothingToDo: ProblemKind(409, "Choose other Macs: the act makes sense for none of these."),
    TooManyMacs: ProblemKind(409, "Choose fewer at once."),
    ComputerNameClashes: ProblemKind(409, "Choose another name."),
    ComputerNameTaken: ProblemKind(409, "Choose another name, or name the other Mac first."),
    BenchOccupied: ProblemKind(409, "End that bench first, or wait until it is full or over."),
    BenchEnded: ProblemKind(409, "Open another one, where Macs are still to come."),
    NotOpen: ProblemKind(409, "Look at its state: it waits for an approval while that is `read`."),
    RowsChanged: ProblemKind(409, "Read its rows again, and send the versions that they have now."),
    NothingToUndo: ProblemKind(409, "Change the rows again instead."),
    FilesGone: ProblemKind(409, "Send the files again, and hand in their new numbers."),
    NotReplaceable: ProblemKind(409, "Do what the detail says, then send it again."),
    NotUndoable: ProblemKind(409, "Do the opposite instead."),
    SerialMeansSomething: ProblemKind(409, "Have an admin rename that manifest in the Munki repo."),
    ManifestUnreadable: ProblemKind(409, "Have an admin mend that manifest in the Munki repo."),
    StillRunning: ProblemKind(
        409, "Send the same call again soon: it gets the first one's answer."
    ),
    DoubtfulSerial: ProblemKind(409, "Compare it with the Mac, then send it with is_sure."),
    **dict.fromkeys((Changed, DryRunChanged, RegistrationChanged), ProblemKind(412, _READ_AGAIN)),
    KeyUsed: ProblemKind(422, "Take a new key for each new act."),
    NoCondition: ProblemKind(428, _READ_AGAIN),
    RepoUnusable: ProblemKind(503, AGAIN),
}
FIXES_OF_HTTP: Mapping[int, str] = {
    400: SEE,
    401: "Send `Authorization: Bearer TOKEN` with a good token.",
    404: "See the paths in the document at /api/v1/openapi.json.",
    405: "Use a method that Allow names.",
    413: "Send less at once.",
    415: "Send JSON, with the Content-Type application/json.",
    429: AGAIN,
    503: AGAIN,
}


def kind_of(error: RollcallError) -> ProblemKind | None:
    """Return the kind of an error, by the nearest of its classes; None where it has none."""
    for each in type(error).__mro__:
        if each in KINDS:
            return replace(KINDS[each], name=name_of(each))
    status = errors.status_of(error)
    if status is None:
        return None
    return ProblemKind(status, FIXES_OF_HTTP.get(status, SEE), name_of(type(error)))


def name_of(kind: type[Exception]) -> str:
    """Return the name of a kind of problem: `not-registered` of NotRegistered."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
