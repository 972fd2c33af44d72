"""A floor on which Macs fall silent."""

from datetime import UTC, datetime

from infrastructure.database.engine import Database
from provisioning.firstboot import reports, stalls
from provisioning.firstboot.placement import Requested
from provisioning.firstboot.reports import Report
from provisioning.munki import Destination, MunkiRepo
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending

OTHER = "C0PARIS"


POLICY = Policy.model_validate(
    {
        "stall": {"imaging": 25},
        "sites": {
            "london": {"timezone": "Europe/London", "quiet": ["19:00-07:30"]},
            "paris": {"channel": OTHER},
        },
    }
)


EVENING = datetime(2030, 1, 7, 18, 50, tzinfo=UTC)  # a Monday


MORNING = datetime(2030, 1, 8, 7, 30, tzinfo=UTC)


class Floor:
    """The imaging floor: people register and Macs report, at the time of the clock."""

    def __init__(self, database: Database, repo: MunkiRepo, clock: Clock) -> None:
        self._database = database
        self._repo = repo
        self._clock = clock

    def registers(self, *serials: str, by: str = "U0ALICE", site: str = "london") -> None:
        to = Destination(site, "design")
        acting.register(self._database, *serials, to=to, by=by, at=self._clock())

    def says(self, serial: str, message: str = "Restoring DMG: x", status: str = "") -> None:
        with self._database.begin() as session:
            known = reports.find_status(session, Serial.parse(serial))
            assert known
            report = Report.parse(serial, status or "in_progress", message)
            change = reports.change(known, report, self._clock())
            if change:
                reports.record(session, change)

    def confirms(self, text: str, said: Requested | None = None) -> None:
        acting.boot(self._database, self._repo, text, requested=said, at=self._clock())

    def notices(self) -> int:
        with self._database.begin() as session:
            return stalls.notice(session, POLICY, channel=CHANNEL, now=self._clock())

    def remind(self, serial: str, user: str, due_at: datetime) -> bool:
        with self._database.begin() as session:
            mac = queries.get_open(session, Serial.parse(serial))
            return stalls.remind(session, mac, user, due_at, at=self._clock())

    def mac(self, serial: str) -> Registration:
        with self._database.reading() as session:
            return queries.get_open(session, Serial.parse(serial))

    def owed(self) -> int:
        with self._database.reading() as session:
            return count_pending(session)
