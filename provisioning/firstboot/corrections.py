"""Corrections of a mistyped serial: the registration goes to the Mac that it was meant for."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.registrations import changes, queries
from provisioning.registrations.models import WAITING, Mac, Operation, Registration
from provisioning.values.serials import Serial


class NoLongerMeant(RollcallError):
    """A registration that changed since somebody saw that it may be a slip."""

    def __init__(self, serial: str) -> None:
        super().__init__(
            f"The registration of {serial} changed meanwhile, so it stays as it is: look at it, "
            "or choose a site and a build."
        )


def correct(
    session: Session, stranger_id: int, registration_id: int, revision: int, *, act: Operation
) -> tuple[Registration, str]:
    """Give a waiting registration the serial of the unknown Mac that it was meant for.

    Returns it and the serial that it had. Raises AlreadySettled, and NoLongerMeant where it is
    not in the `revision` any more that a person has seen, or waits no more.
    """
    registration = session.get_one(
        Registration, registration_id, with_for_update=True, populate_existing=True
    )
    stranger = unknown.opened(session, stranger_id)
    if registration.revision != revision or registration.state != WAITING:
        raise NoLongerMeant(registration.name)
    was = registration.serial
    _rename(session, registration, stranger, act)
    if not unknown.settle(session, stranger, by=act.by, at=act.at, registration=registration):
        raise unknown.overtaken(session, stranger)
    return registration, was


def _rename(
    session: Session, registration: Registration, stranger: UnknownMac, act: Operation
) -> None:
    serial = Serial(stranger.serial)
    if queries.is_open(session, serial):
        raise unknown.overtaken(session, stranger)
    try:
        with session.begin_nested():
            changes.apply(session, [Mac.of(registration)], changes.rename(serial), act)
    except IntegrityError as error:  # a person registered it at this very moment
        raise unknown.overtaken(session, stranger) from error
    session.refresh(registration)
