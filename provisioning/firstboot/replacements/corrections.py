"""Corrections of mistyped serials: a registration gets the serial of the Mac it was meant for."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.registrations import changes, queries
from provisioning.registrations.models import WAITING, Mac, Operation, Registration
from provisioning.values.kinds import Kinds
from provisioning.values.serials import Serial


class CorrectionOutdated(RollcallError):
    """A registration that changed after a person saw that its serial may be a slip."""

    def __init__(self, serial: str, kinds: Kinds) -> None:
        super().__init__(
            "The registration of {serial} changed meanwhile, so it stays as it is: look at it, or "
            "choose {kinds}.",
            serial=serial,
            kinds=kinds.in_words("a"),
        )


def correct(
    session: Session,
    unknown_mac_id: int,
    registration_id: int,
    revision: int,
    *,
    operation: Operation,
) -> tuple[Registration, str]:
    """Give a waiting registration the serial of the unknown Mac that it was meant for.

    Returns it and its former serial. Raises AlreadySettled, and CorrectionOutdated where it has
    changed since the `revision` that the person saw, or no longer waits.
    """
    registration = queries.lock(session, registration_id)
    unknown_mac = unknown.get_pending(session, unknown_mac_id)
    if registration.revision != revision or registration.state != WAITING:
        kinds = Kinds.of(registration.site or None, registration.build or None)
        raise CorrectionOutdated(registration.name, kinds)
    former_serial = registration.serial
    _rename(session, registration, unknown_mac, operation)
    if not unknown.settle(
        session, unknown_mac, by=operation.by, at=operation.at, registration=registration
    ):
        raise unknown.already_settled(session, unknown_mac)
    return registration, former_serial


def _rename(
    session: Session, registration: Registration, unknown_mac: UnknownMac, operation: Operation
) -> None:
    serial = Serial(unknown_mac.serial)
    if queries.is_open(session, serial):
        raise unknown.already_settled(session, unknown_mac)
    try:
        with session.begin_nested():
            changes.apply(session, [Mac.of(registration)], changes.rename(serial), operation)
    except IntegrityError as error:  # another person registered the Mac at this very moment
        raise unknown.already_settled(session, unknown_mac) from error
    session.refresh(registration)
