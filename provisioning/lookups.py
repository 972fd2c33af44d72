"""Registrations as people look for them, and as a card shows them; reads only."""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from provisioning.models import WAITING, Card, Registration


def find(session: Session, text: str, *, most: int) -> tuple[list[Registration], int]:
    """Return the newest `most` registrations that hold `text`, and how many there are.

    `text` is a part of a serial, a site, a build, a note or a Slack user id, in any case.
    """
    columns = (Registration.serial, Registration.site, Registration.build, Card.note)
    return _newest(
        session,
        select(Registration)
        .outerjoin(Card)
        .where(
            or_(
                Registration.registered_by == text.strip("<@>").split("|")[0].upper(),
                *(column.icontains(text, autoescape=True) for column in columns),
            )
        ),
        most,
    )


def waiting(session: Session, site: str | None, *, most: int) -> tuple[list[Registration], int]:
    """Return the newest `most` Macs that still wait (for `site`, where given), and their number."""
    query = select(Registration).where(Registration.state == WAITING)
    return _newest(session, query.where(Registration.site == site) if site else query, most)


def on_card(session: Session, card: Card, most: int) -> tuple[dict[str, int], list[Registration]]:
    """Return how many Macs of a card are in which state, and the first `most`, waiting first."""
    counts = select(Registration.state, func.count()).where(Registration.card_id == card.id)
    macs = (
        select(Registration)
        .where(Registration.card_id == card.id)
        .order_by(Registration.state != WAITING, Registration.id)
        .limit(most)
    )
    rows = session.execute(counts.group_by(Registration.state))
    return dict(rows.all()), list(session.scalars(macs))


def _newest(
    session: Session, query: Select[Registration], most: int
) -> tuple[list[Registration], int]:
    found = list(session.scalars(query.order_by(Registration.id.desc()).limit(most)))
    if len(found) < most:
        return found, len(found)
    return found, session.scalar(select(func.count()).select_from(query.subquery())) or 0
