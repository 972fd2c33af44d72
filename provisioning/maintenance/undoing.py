"""The undoing of operations of every kind, with what other features keep of them."""

from sqlalchemy.orm import Session

from provisioning.firstboot import benches
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.replacements import replacing
from provisioning.imports import lifecycle
from provisioning.monitoring.drift import remedies
from provisioning.registrations import operations
from provisioning.registrations.models import BENCHED, Operation
from provisioning.registrations.operations import Undone


def take_back(session: Session, operation: Operation, undoing: Operation) -> Undone:
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
