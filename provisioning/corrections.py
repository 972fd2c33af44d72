"""A serial that somebody mistyped, and the Mac that it was meant for."""

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from provisioning import acts, edits, strangers
from provisioning.errors import RollcallError
from provisioning.models.firstboot import Stranger
from provisioning.models.registrations import WAITING, Act, Registration


class NoLongerMeant(RollcallError):
    """A registration that changed since somebody saw that it may be a slip."""

    def __init__(self, serial: str) -> None:
        super().__init__(
            f"The registration of {serial} changed meanwhile, so it stays as it is: look at it, "
            "or choose a site and a build."
        )


def correct(
    session: Session, stranger_id: int, registration_id: int, revision: int, *, act: Act
) -> tuple[Registration, str]:
    """Give a waiting registration the serial of the unknown Mac that it was meant for.

    Returns it and the serial that it had. Raises AlreadySettled, and NoLongerMeant where it is
    not in the `revision` any more that a person has seen, or waits no more.
    """
    registration = session.get_one(
        Registration, registration_id, with_for_update=True, populate_existing=True
    )
    stranger = strangers.opened(session, stranger_id)
    if registration.revision != revision or registration.state != WAITING:
        raise NoLongerMeant(registration.name)
    was = registration.serial
    _rename(session, registration, stranger, act)
    if not strangers.settle(session, stranger, by=act.by, at=act.at, registration=registration):
        raise strangers.overtaken(session, stranger)
    return registration, was


def _rename(session: Session, registration: Registration, stranger: Stranger, act: Act) -> None:
    before = edits.snapshot(registration, "serial")
    same = (Registration.serial == stranger.serial) & Registration.closed_at.is_(None)
    if session.scalar(select(exists().where(same))):
        raise strangers.overtaken(session, stranger)
    try:
        with session.begin_nested():
            registration.serial = stranger.serial
            acts.record(session, registration, act, before)
    except IntegrityError as error:  # somebody registered it at this very moment
        raise strangers.overtaken(session, stranger) from error
