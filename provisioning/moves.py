"""Sending any number of registered Macs somewhere else in one act."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning import acts
from provisioning.database import rows_of
from provisioning.models import WAITING, Act, Registration
from provisioning.munki import Destination


def reassign_all(session: Session, wanted: Mapping[str, Destination], *, act: Act) -> int:
    """Send the Macs with these keys where they are wanted; they wait again, as after `reassign`.

    Returns how many were moved. The statements are few, however many Macs there are.
    """
    if not wanted:
        return 0
    texts = rows_of(session, sorted(wanted))
    query = (
        select(Registration)
        .join(texts, Registration.serial == texts.c.value)
        .where(Registration.closed_at.is_(None))
        .order_by(Registration.serial)
        .with_for_update(of=Registration)
    )
    macs = list(session.scalars(query))
    acts.record_all(session, [_moved(mac, wanted[mac.serial]) for mac in macs], act, "moved")
    return len(macs)


def _moved(mac: Registration, destination: Destination) -> tuple[Registration, dict[str, Any]]:
    """Returns the registration with what it was before."""
    before = acts.snapshot(mac)
    mac.site, mac.build = destination.site, destination.build
    mac.state, mac.confirmed_at = WAITING, None
    mac.heard_at = mac.step = mac.mentioned_at = None
    return mac, before
