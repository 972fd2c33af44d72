"""Moving, re-imaging and cancelling any number of registered Macs in one act."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among
from infrastructure.errors import RollcallError
from provisioning.munki import Destination
from provisioning.registrations import changes
from provisioning.registrations.changes import Edit, Mac
from provisioning.registrations.models import CANCELLED, WAITING, Operation, Registration

MOST_AT_ONCE = 10_000  # Macs, in one transaction while somebody waits


class TooManyMacs(RollcallError):
    """More Macs than can be changed while somebody waits."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} Macs are too many at once; name some of them.")


class NothingToDo(RollcallError):
    """A card of which no Mac is in a state for something."""

    def __init__(self) -> None:
        super().__init__("No Mac of this card is in a state for that; name the ones you mean.")


class AlreadyThere(RollcallError):
    """Macs that are to be sent where they are registered already."""

    def __init__(self, number: int, to: Destination) -> None:
        macs = "That Mac is" if number == 1 else f"Those {number} Macs are"
        super().__init__(f"{macs} registered for {to} already; choose another site or build.")


_WAITS = {
    "state": WAITING,
    **dict.fromkeys(("confirmed_at", "heard_at", "step", "mentioned_at")),
}


def reassign_all(session: Session, wanted: Mapping[str, Destination], *, act: Operation) -> int:
    """Send the Macs with these keys where they are wanted; they wait again, as after `reassign`.

    Returns how many were moved.
    """
    if not wanted:
        return 0
    these = is_among(session, sorted(wanted), Registration.serial)
    macs = changes.held(session, these & Registration.closed_at.is_(None))
    changes.write(session, [_moved(mac, wanted[mac.serial], act) for mac in macs], act, "moved")
    return len(macs)


def move(session: Session, macs: Sequence[Mac], to: Destination, *, act: Operation) -> int:
    """Send Macs, which are held, somewhere else; those that are there already stay as they are.

    Returns how many were moved. Raises AlreadyThere where none was.
    """
    others = [mac for mac in macs if Destination(mac.site, mac.build) != to]
    if not others:
        raise AlreadyThere(len(macs), to)
    changes.write(session, [_moved(mac, to, act) for mac in others], act)
    return len(others)


def reimage(session: Session, macs: Sequence[Mac], *, act: Operation) -> int:
    """Have Macs, which are held, wait for another first boot. Returns how many."""
    changes.write(session, [_change(mac, dict(_WAITS), act) for mac in macs], act)
    return len(macs)


def cancel(session: Session, macs: Sequence[Mac], *, act: Operation) -> int:
    """Close the registrations of Macs, which are held. Returns how many."""
    now = {"state": CANCELLED, "closed_at": act.at}
    changes.write(session, [Edit(mac, now) for mac in macs], act)
    return len(macs)


def _moved(mac: Mac, to: Destination, act: Operation) -> Edit:
    return _change(mac, {"site": to.site, "build": to.build, **_WAITS}, act)


def _change(mac: Mac, now: dict[str, Any], act: Operation) -> Edit:
    """One that also says who has registered a Mac from now on that nobody had."""
    also = () if mac.registered_by else ("registered_by",)
    return Edit(mac, {**now, "registered_by": mac.registered_by or act.by}, also)
