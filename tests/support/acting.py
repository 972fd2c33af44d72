"""People who do something, as the people's door would record it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from provisioning import acts
from provisioning.models import Act


def did(session: Session, what: str, *, by: str, at: datetime | None = None) -> Act:
    """The act of somebody, now unless told otherwise."""
    return acts.begin(session, what, by=by, via="command", at=at or datetime.now(UTC))
