"""Numbers that are given out once: one counter for each text, on whichever server."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.engine import upsert
from provisioning.registrations.models import Counter


def take(session: Session, series: str, *, first: int = 1) -> int:
    """Return the next number of a series, which nobody else gets; the first one is `first`."""
    number = upsert(session, Counter).values(pattern=series, last=first)
    following = number.on_conflict_do_update(
        index_elements=["pattern"], set_={"last": Counter.last + 1}
    )
    return int(session.execute(following.returning(Counter.last)).scalar_one())


def upcoming(session: Session, series: str, *, first: int = 1) -> int:
    """Return the number that `take` would; takes none."""
    last = session.scalar(select(Counter.last).where(Counter.pattern == series))
    return first if last is None else last + 1
