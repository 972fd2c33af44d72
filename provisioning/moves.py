"""Sending any number of registered Macs somewhere else in one act."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning import acts, notifications
from provisioning.database import rows_of
from provisioning.models import WAITING, Act, Card, Event, Registration
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
    session.add_all([_moved(mac, wanted[mac.serial], act) for mac in macs])
    session.flush()
    cards = {mac.card_id for mac in macs if mac.card_id is not None}
    for card in session.scalars(select(Card).where(Card.id.in_(cards)).order_by(Card.id)):
        notifications.owe_card(session, card, at=act.at)
    return len(macs)


def _moved(mac: Registration, destination: Destination, act: Act) -> Event:
    before = acts.snapshot(mac)
    mac.site, mac.build = destination.site, destination.build
    mac.state, mac.confirmed_at = WAITING, None
    mac.heard_at = mac.step = mac.mentioned_at = None
    mac.revision += 1
    mac.changed_at = act.at
    return Event(
        registration_id=mac.id,
        act_id=act.id,
        what="moved",
        by=act.by,
        at=act.at,
        before=before,
        after=acts.snapshot(mac),
    )
