"""First boots at the same moment, which share a commit, and one that comes late to it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.firstboot import placement
from provisioning.firstboot.confirmation import Confirmation
from provisioning.firstboot.service import FirstBootService, ManifestCall
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.storage import ChangeNote, FolderStore, Stored
from provisioning.registrations import queries
from provisioning.registrations.errors import RegistrationChanged
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.installation import CHANNEL

MAC = "C02AAA"


class Expecting(Database):
    """A database that knows whether others wait for the thread that uses it."""

    is_expecting = False

    @contextmanager
    def sharing(self) -> Iterator[None]:
        with super().sharing():
            self.is_expecting = True
            yield
            self.is_expecting = False


def test_others_that_commit_wait_for_a_mac_whose_manifest_is_being_written(
    database_url: str, database: Database, repo_folder: Path
) -> None:
    acting.register(database, MAC)
    expected: list[bool] = []

    class Watched(FolderStore):
        """A folder that notes at each change whether the Mac is waited for."""

        def replace(
            self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote
        ) -> None:
            expected.append(expecting.is_expecting)
            super().replace(name, content, over=over, note=note)

    with closing(Expecting(database_url)) as expecting:
        repo = MunkiRepo(Watched(repo_folder))
        service = FirstBootService(expecting, repo, channel="C1", suppress_window=timedelta(0))
        service.provision(ManifestCall(Serial(MAC)), repo.now())

    assert expected == [True]


def test_a_call_from_before_a_move_does_not_overwrite_the_first_boot_after_it(
    database: Database, repo: MunkiRepo
) -> None:
    acting.register(database, MAC)
    view = repo.now()
    with database.reading() as session:
        late = placement.place(session, view, Serial(MAC), None)
    with view.holding(late.serial):
        written = view.assign(late.serial, late.destination)
    acting.move_now(database, MAC, Destination("paris", "kiosk"))
    acting.boot(database, repo, MAC)

    with pytest.raises(RegistrationChanged), database.begin() as session:
        Confirmation(late, written, datetime.now(UTC)).record(session, CHANNEL)

    with database.reading() as session:
        assert queries.get_open(session, Serial(MAC)).site == "paris"
