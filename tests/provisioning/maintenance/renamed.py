"""An installation whose layout a test changes, and the names before and after."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.access.models import Credential
from provisioning.firstboot.models import Bench
from provisioning.firstboot.service import FirstBootService, ManifestCall
from provisioning.maintenance import layout_change
from provisioning.maintenance.layout_change import RenameProposal
from provisioning.maintenance.layout_change.renames import PAGE
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.layout import DEFAULT, FolderForm, Layout, PrefixForm
from provisioning.munki.layout.renaming import ChosenNames
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import Card
from provisioning.policy import Policy
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.installation import CHANNEL

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


LATER = NOON + timedelta(minutes=1)


NESTED = Layout(sites=FolderForm("places"), builds=PrefixForm("role_"))


LONDON, PARIS = Destination("london", "design"), Destination("paris", "kiosk")


class Installation:
    """An installation whose layout a test changes."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.layout = database, DEFAULT
        self.repo = MunkiRepo(FolderStore(folder), lambda: self.layout)
        self.policy = Policy.open()

    def register(self, destination: Destination, *serials: str) -> None:
        acting.register(self.database, *serials, to=destination, at=NOON)

    def propose(
        self, chosen: ChosenNames | None = None, templates: Path | None = None
    ) -> RenameProposal:
        with self.database.reading() as session:
            return layout_change.propose(
                session, self.repo.now(), self.policy, chosen=chosen or {}, templates=templates
            )

    def rename(self, chosen: ChosenNames | None = None, page: int = PAGE) -> layout_change.Renamed:
        with self.database.begin() as session:
            proposal = layout_change.propose(
                session, self.repo.now(), self.policy, chosen=chosen or {}
            )
            return layout_change.rename(session, proposal, LATER, page=page)

    def undo(self, page: int = PAGE) -> layout_change.Renamed:
        with self.database.begin() as session:
            return layout_change.undo(session, LATER + timedelta(days=2), page=page)

    def boot(self, serial: str) -> None:
        service = FirstBootService(
            self.database, self.repo, channel=CHANNEL, suppress_window=timedelta(minutes=5)
        )
        service.provision(ManifestCall(Serial(serial)), self.repo.now())

    def macs(self) -> dict[str, tuple[str, str, str | None]]:
        with self.database.reading() as session:
            rows = session.scalars(select(Registration)).all()
            return {row.serial: (row.site, row.build, row.layout) for row in rows}

    def rows(self, table: type[Card | Bench | Credential]) -> list[tuple[str | None, str | None]]:
        with self.database.reading() as session:
            query = select(table.site, table.build).order_by(table.id)
            return [(site, build) for site, build in session.execute(query)]

    def findings(self) -> list[Finding]:
        with self.database.reading() as session:
            return list(layout_change.findings(session, self.layout))
