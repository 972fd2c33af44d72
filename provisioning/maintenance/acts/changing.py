"""The moving, re-imaging and cancelling of Macs, one or many, and the undoing of any act."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.firstboot import benches
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.replacements import replacing
from provisioning.imports import lifecycle
from provisioning.maintenance.acts.actors import Principal, acting
from provisioning.maintenance.acts.verbs import PAST, Verb
from provisioning.monitoring.drift import remedies
from provisioning.munki import Destination
from provisioning.registrations import changes, operations, queries
from provisioning.registrations.changes import MAX_AT_ONCE, NothingToDo, TooManyMacs
from provisioning.registrations.models import BENCHED, Mac, Operation, Registration
from provisioning.registrations.operations import UndoResult
from provisioning.values.outsiders import is_same
from provisioning.values.serials import Serial

Condition = Callable[[Session], ColumnElement[bool]]  # of registrations; it may raise


@dataclass(frozen=True, slots=True)
class ChangedMacs:
    """The result of an act: the Macs that it changed, as they were before, and its operation.

    `looked_at` counts these and the Macs that stay as they were.
    """

    macs: Sequence[Mac]
    looked_at: int
    operation: Operation


def of_mac(serial: Serial) -> Condition:
    """Return the condition for the open registration of one Mac. It raises NotRegistered."""

    def condition(session: Session) -> ColumnElement[bool]:
        return Registration.id == queries.get_open(session, serial, lock=True).id

    return condition


def change(
    verb: str, condition: Condition, destination: Destination | None, principal: Principal
) -> ChangedMacs:
    """Move (to a `destination`), re-image or cancel the registrations that meet a condition.

    Raises NotAllowed, NothingToDo, TooManyMacs, AlreadyThere, and what `condition` raises.
    """
    if destination is not None:
        principal.permit(destination.site)
    with principal.database.reading() as session:
        sites = queries.sites_of(session, condition(session))
    principal.permit(*sites)
    with acting(PAST[verb], principal) as (session, operation):
        locked = changes.lock(session, condition(session))
        check_number(len(locked))
        principal.permit(*{mac.site for mac in locked})
        changed = _changed(session, verb, locked, destination, operation)
    return ChangedMacs(changed, len(locked), operation)


def undo(operation_id: int, principal: Principal) -> UndoResult:
    """Take back an operation.

    Raises NotUndoable, and NotAllowed where it is another person's, or where they may not change
    Macs at a site, any more, at which Macs that it takes back are or would be again.
    """
    with principal.database.reading() as session:
        sites = operations.sites_of(session, operation_id)
    for site in sites:  # Slack may be asked: before the transaction, for which others wait
        with suppress(RollcallError):  # a Mac there may have moved on, and is left alone then
            principal.permit(site)
    with acting("undone", principal) as (session, undoing):
        operation = operations.begin_undo(session, operation_id, undoing)
        if not is_same(operation.by, principal.actor.by):
            principal.permit_admin(Sentence("undo what somebody else did"))
        result = _take_back(session, operation, undoing)
        principal.permit(*{mac.site for mac in result.restored})
        principal.permit(*operations.sites_of(session, undoing.id))
        return result


def check_number(number: int) -> None:
    """Check that a person can wait for so many Macs. Raises NothingToDo, TooManyMacs."""
    if not number:
        raise NothingToDo
    if number > MAX_AT_ONCE:
        raise TooManyMacs(number)


def _changed(
    session: Session,
    verb: str,
    macs: Sequence[Mac],
    destination: Destination | None,
    operation: Operation,
) -> Sequence[Mac]:
    if destination is not None:
        return changes.move(session, macs, destination, operation)
    edit = changes.reimage if verb == Verb.REIMAGE else changes.cancel
    return changes.apply(session, macs, edit, operation)


def _take_back(session: Session, operation: Operation, undoing: Operation) -> UndoResult:
    """Take back an operation, which `operations.begin_undo` marked as undone by `undoing`.

    Its import is shown as undone, a drift that was taken over is reopened, and manifests that were
    replaced or carried over follow.
    """
    take_back_macs = benches.undo if operation.what == BENCHED else operations.undo
    result = take_back_macs(session, operation, undoing)
    lifecycle.undone(session, operation)
    replacing.take_back(session, operation, result.restored)
    twins.take_back(session, operation, result.restored)
    remedies.take_back(session, operation, result.restored)
    return result
