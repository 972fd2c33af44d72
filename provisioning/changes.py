"""What was written for a Mac, on its way into the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from provisioning import progress, revisions
from provisioning.munki import Written
from provisioning.plans import Plan


@dataclass(frozen=True, slots=True)
class Change:
    """What was written for a Mac, and when."""

    plan: Plan
    written: Written
    at: datetime

    def record(self, session: Session) -> None:
        """Keep what the manifest was and is."""
        revisions.record(
            session,
            self.plan.serial.text,
            self.written,
            at=self.at,
            via=revisions.FIRST_BOOT,
            registration_id=self.plan.known.id if self.plan.known else None,
        )

    def confirm(self, session: Session, channel: str, also: Mapping[str, object]) -> int:
        """Record it all, and owe the news; the registration's id. Raises RegistrationChanged."""
        registration = progress.confirm(
            session, self.plan, self.written, channel=channel, at=self.at, also=also
        )
        self.record(session)
        return registration
