"""What was written for a Mac, on its way into the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from provisioning.firstboot import confirmation, warnings
from provisioning.firstboot.placement import PlacedMac
from provisioning.munki import Written, revisions


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was written for a Mac, and when."""

    plan: PlacedMac
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

    def confirm(
        self,
        session: Session,
        channel: str,
        also: Mapping[str, object],
        told: Sequence[str],
    ) -> int:
        """Record it all, and owe the news with the cautions that are `told` and one's own.

        Returns the registration's id. Raises RegistrationChanged.
        """
        others = warnings.of_others(session, self.plan.serial, self.written)
        facts = {**also, "cautions": [*told, *others]}
        registration = confirmation.confirm(
            session, self.plan, self.written, channel=channel, at=self.at, also=facts
        )
        self.record(session)
        return registration
