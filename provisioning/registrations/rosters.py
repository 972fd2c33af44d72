"""The whole list of a card's Macs, as a file in its thread, where the card cannot show them all."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations import export
from provisioning.registrations.models import Registration

MOST_ON_A_CARD = 20  # Macs


def owe_where_long(session: Session, card: Card, *, at: datetime) -> bool:
    """Owe the thread of `card` a CSV file of its Macs if it has more than MOST_ON_A_CARD.

    Returns whether it has.
    """
    name = func.coalesce(Registration.reported_as, Registration.serial)
    macs = session.execute(
        select(name, Registration.site, Registration.build)
        .where(Registration.card_id == card.id)
        .order_by(Registration.serial)
    ).all()
    if len(macs) <= MOST_ON_A_CARD:
        return False
    outbox.owe_file(
        session,
        channel=card.channel,
        name=f"macs-{card.id}.csv",
        content=export.file_of(("serial", "site", "build"), [tuple(mac) for mac in macs]),
        sentence=f"All {len(macs)} Macs of this card, as they were registered.",
        at=at,
        thread=card,
    )
    return True
