"""A world with facts to watch, and an admin who is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from provisioning.monitoring.alerts.alert import Alert, AlertNotice
from provisioning.monitoring.alerts.ledgers import Ledger
from provisioning.monitoring.alerts.targets import NoticeRefused
from provisioning.monitoring.alerts.watcher import HOLD_TIME, Watch

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Admin:
    """A target that remembers what it was told, unless it is away."""

    name = "admin"

    def __init__(self) -> None:
        self.told: list[AlertNotice] = []
        self.is_away = False

    def tell(self, notice: AlertNotice) -> None:
        """Take a notice."""
        if self.is_away:
            raise NoticeRefused("away")
        self.told.append(notice)

    def texts(self) -> list[tuple[str, str]]:
        """State and fact of what was told."""
        return [(notice.state, notice.alert.fact) for notice in self.told]


class World:
    """Facts that come and go, a clock, and watches of them."""

    def __init__(self) -> None:
        self.facts: list[str] = []
        self.seconds = 0.0
        self.admin = Admin()

    @property
    def now(self) -> datetime:
        """The moment by its clock."""
        return START + timedelta(seconds=self.seconds)

    def watch(self, ledger: Ledger) -> Watch:
        """One more watch, as of another process."""
        return Watch([self._found], ledger, lambda: self.seconds)

    def _found(self, now: datetime) -> Iterator[Alert]:
        return (Alert(fact, fact, "Mend it.", now) for fact in self.facts)

    def look(self, *watches: Watch, after: float = HOLD_TIME) -> None:
        """Let some time pass, and have all watches look, twice so that they know it lasts."""
        for watch in watches:
            watch.compare([self.admin], self.now)
        self.seconds += after
        for watch in watches:
            watch.compare([self.admin], self.now)
