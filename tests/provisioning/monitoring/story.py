"""A story of registrations and first boots, told on a database and a Munki repo."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from infrastructure.database.engine import Database
from provisioning.firstboot.placement import Requested
from provisioning.monitoring import statistics
from provisioning.monitoring.figures import Figures
from provisioning.munki import Destination, MunkiRepo
from tests.support import acting
from tests.support.fixtures.doors import NOON

LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")


class Story:
    """Registrations and first boots, at hours after a Monday's noon in UTC."""

    def __init__(self, database: Database, repo: MunkiRepo) -> None:
        self.database, self.repo = database, repo

    def registered(self, *serials: str, to: Destination = LONDON, after: float = 0) -> None:
        """A person registers some Macs."""
        acting.register(self.database, *serials, to=to, at=NOON + timedelta(hours=after))

    def confirmed(self, *serials: str, after: float, said: Requested | None = None) -> None:
        """Some Macs boot for the first time, and their manifests are written."""
        for serial in serials:
            at = NOON + timedelta(hours=after)
            acting.boot(self.database, self.repo, serial, requested=said, at=at)

    def moved(self, serial: str, *, to: Destination, after: float) -> None:
        """A person sends a Mac somewhere else."""
        at = NOON + timedelta(hours=after)
        acting.move_now(self.database, serial, to, by="U0BOB", at=at)

    def cancelled(self, serial: str, *, after: float) -> None:
        """A person takes a Mac back."""
        at = NOON + timedelta(hours=after)
        acting.cancel_now(self.database, serial, by="U0BOB", at=at)

    def figures(
        self, *, since: float = -12, until: float = 60, site: str | None = None, zone: str = "UTC"
    ) -> Figures:
        """All figures of the time between."""
        with self.database.reading() as session:
            return statistics.gather(
                session,
                since=NOON + timedelta(hours=since),
                until=NOON + timedelta(hours=until),
                site=site,
                zone=ZoneInfo(zone),
            )
