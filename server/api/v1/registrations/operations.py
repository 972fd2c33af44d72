"""The views of operations: what was done at once, and its undo."""

from collections.abc import Sequence

from provisioning.access.programs.models import CHANGE, READ
from provisioning.access.programs.tokens import OutsideToken
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.actors import PROGRAM
from provisioning.policy import NotAllowed
from provisioning.registrations.operations import NotUndoable
from provisioning.values.outsiders import shown
from server.api.v1.frame.routes import Answer, Call, Route
from server.api.v1.registrations.models import OperationResource, Undone
from server.api.v1.registrations.reach import find_operation

TAG, ONE = "operations", "/operations/{number}"


def get_operation(call: Call, number: int) -> Answer[OperationResource]:
    """One operation: what was done at once, by one person or program."""
    with call.database.reading() as session:
        row = find_operation(session, call.caller, number)
        return Answer(
            OperationResource(
                id=row.id,
                what=row.what,
                by=shown(row.by),
                via=row.via,
                token=(row.facts or {}).get(PROGRAM),
                at=row.at,
                undone_at=row.undone_at,
            )
        )


def undo_operation(call: Call, number: int) -> Answer[Undone]:
    """Take back an operation, within ten minutes, on all Macs that have not changed since."""
    with call.database.reading() as session:
        find_operation(session, call.caller, number)
    undone = changing.undo(number, call.principal)
    return Answer(Undone(operation=number, restored=len(undone.restored), left=len(undone.left)))


_REFUSED = (OutsideToken, NotAllowed, NotUndoable)
ROUTES: Sequence[Route] = [
    Route("GET", ONE, get_operation, READ, tag=TAG),
    Route("POST", f"{ONE}/undo", undo_operation, CHANGE, _REFUSED, tag=TAG),
]
