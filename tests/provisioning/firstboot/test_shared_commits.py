"""First boots at the same moment, which share a commit."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from infrastructure.database.engine import Database
from provisioning.firstboot.service import FirstBootService, ManifestCall
from provisioning.munki import MunkiRepo
from provisioning.munki.storage import ChangeNote, FolderStore, Stored
from provisioning.values.serials import Serial
from tests.support import acting

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
