"""Acts of people on registered Macs: what each door does, in one transaction, for whoever may."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from infrastructure.database.engine import Transactions
from infrastructure.text import Sentence
from provisioning.firstboot import unknown
from provisioning.maintenance.undoing import take_back
from provisioning.munki import Destination
from provisioning.registrations import changes, operations, queries
from provisioning.registrations.changes import MOST_AT_ONCE, NothingToDo, TooManyMacs
from provisioning.registrations.models import (
    CONFIRMED,
    FAILED,
    IMAGING,
    STATES,
    WAITING,
    Mac,
    Operation,
    Registration,
)
from provisioning.registrations.operations import Undone
from provisioning.values.language import marked
from provisioning.values.outsiders import is_same


class Verb(StrEnum):
    """An operation; Slack keeps the values in buttons, menus and windows."""

    DETAILS = "details"
    MOVE = "move"
    REIMAGE = "reimage"
    CANCEL = "cancel"
    REMIND = "remind"

    @property
    def label(self) -> str:
        """Its name in menus, windows and pages, in English: a text for `_`."""
        return _LABELS[self]

    @property
    def consequence(self) -> str:
        """Its consequence for Macs, which people read before they do it: a text for `_`."""
        return _CONSEQUENCES[self]


_LABELS = {
    Verb.DETAILS: marked("Details"),
    Verb.MOVE: marked("Move"),
    Verb.REIMAGE: marked("Image again"),
    Verb.CANCEL: marked("Cancel"),
    Verb.REMIND: marked("Remind me"),
}
_CONSEQUENCES = {
    Verb.MOVE: marked(
        "They wait again, whatever state they are in now. Manifests are written at their next "
        "first boot."
    ),
    Verb.REIMAGE: marked(
        "They wait for another first boot. A Mac that was confirmed recently may be in use."
    ),
    Verb.CANCEL: marked("Their registrations are cancelled. Manifests that were written stay."),
    Verb.REMIND: marked(
        "You get a message about those that are not done by then, or none if all are."
    ),
}
MOST_BY_BUTTON = 20  # Macs; of more their number is typed, before they are imaged or cancelled
_ALWAYS = (Verb.DETAILS, Verb.MOVE, Verb.CANCEL)
_OFFERED = {
    WAITING: (*_ALWAYS, Verb.REMIND),
    IMAGING: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    FAILED: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    CONFIRMED: (*_ALWAYS, Verb.REIMAGE),
}  # a cancelled one has details alone
PROGRAM = "token"  # in the facts of an operation: the name of the token by which it was done
PAST: Mapping[str, str] = {
    Verb.MOVE: "moved",
    Verb.REIMAGE: "reimaged",
    Verb.CANCEL: "cancelled",
}


def meaningful(verb: Verb) -> ColumnElement[bool]:
    """Return the condition for the registrations for which an operation makes sense."""
    return Registration.state.in_([state for state in STATES if verb in offered(state)])


def offered(state: str) -> Sequence[Verb]:
    """Return the operations that make sense for a Mac in this state."""
    return _OFFERED.get(state, (Verb.DETAILS,))


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, as rows name people; `via` names the way: command, card, board …

    `token` is the name of the token by which a program acts for them.
    """

    by: str
    via: str
    token: str | None = None


class Permit(Protocol):
    """A check that a person may change Macs at sites. Raises NotAllowed."""

    def __call__(self, *sites: str) -> None:
        """Check it, without a query: a transaction may be open."""


@contextmanager
def acting(
    database: Transactions, verb: str, actor: Actor, at: datetime
) -> Iterator[tuple[Session, Operation]]:
    """A transaction with an operation of a person; `verb` is in the past tense.

    Unknown Macs that it registered are settled at its end.
    """
    with database.begin() as session:
        operation = operations.begin(session, verb, by=actor.by, via=actor.via, at=at)
        if actor.token is not None:
            operation.facts = {PROGRAM: actor.token}
        yield session, operation
        unknown.settle_known(session, at)


def change(
    database: Transactions,
    verb: str,
    condition: Callable[[Session], ColumnElement[bool]],
    destination: Destination | None,
    *,
    actor: Actor,
    permit: Permit,
    at: datetime,
) -> tuple[int, int, Operation]:
    """Move (to a `destination`), re-image or cancel the registrations that meet a condition.

    Returns how many were changed, how many were looked at, and the operation. Raises NotAllowed,
    NothingToDo, TooManyMacs, and what `condition` raises.
    """
    if destination is not None:
        permit(destination.site)
    with database.reading() as session:
        sites = queries.sites_of(session, condition(session))
    permit(*sites)
    with acting(database, PAST[verb], actor, at) as (session, operation):
        locked = changes.lock(session, condition(session))
        check_number(len(locked))
        permit(*{mac.site for mac in locked})
        number = _changed(session, verb, locked, destination, operation)
    return number, len(locked), operation


def undo(
    database: Transactions,
    operation_id: int,
    *,
    actor: Actor,
    permit_admin: Callable[[Sentence], None],
    at: datetime,
) -> Undone:
    """Take back an operation. Raises NotUndoable, and NotAllowed where it is somebody else's."""
    with acting(database, "undone", actor, at) as (session, undoing):
        operation = operations.begin_undo(session, operation_id, undoing)
        if not is_same(operation.by, actor.by):
            permit_admin(Sentence("undo what somebody else did"))
        return take_back(session, operation, undoing)


def check_number(number: int) -> None:
    """Check that a person can wait for so many Macs. Raises NothingToDo, TooManyMacs."""
    if not number:
        raise NothingToDo
    if number > MOST_AT_ONCE:
        raise TooManyMacs(number)


def _changed(
    session: Session,
    verb: str,
    macs: Sequence[Mac],
    destination: Destination | None,
    operation: Operation,
) -> int:
    if destination is not None:
        return len(changes.move(session, macs, destination, operation))
    edit = changes.reimage if verb == Verb.REIMAGE else changes.cancel
    return len(changes.apply(session, macs, edit, operation))
