"""The moving, imaging again and cancelling of Macs, one or many, and the undoing of each act."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from infrastructure.database.engine import Transactions
from infrastructure.text import Sentence
from provisioning.firstboot import benches
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.replacements import replacing
from provisioning.imports import lifecycle
from provisioning.maintenance.acts.actors import Actor, Permit, acting
from provisioning.maintenance.acts.verbs import PAST, Verb
from provisioning.monitoring.drift import remedies
from provisioning.munki import Destination
from provisioning.registrations import changes, operations, queries
from provisioning.registrations.changes import MOST_AT_ONCE, NothingToDo, TooManyMacs
from provisioning.registrations.models import BENCHED, Mac, Operation
from provisioning.registrations.operations import Undone
from provisioning.values.outsiders import is_same


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
        return _take_back(session, operation, undoing)


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


def _take_back(session: Session, operation: Operation, undoing: Operation) -> Undone:
    """Take back an operation, which `operations.begin_undo` marked as undone by `undoing`.

    Its import is shown as undone, a drift that was taken over is one again, and manifests that
    were replaced or carried over follow.
    """
    take_back_macs = benches.undo if operation.what == BENCHED else operations.undo
    result = take_back_macs(session, operation, undoing)
    lifecycle.undone(session, operation)
    replacing.take_back(session, operation, result.restored)
    twins.take_back(session, operation, result.restored)
    remedies.take_back(session, operation, result.restored)
    return result
