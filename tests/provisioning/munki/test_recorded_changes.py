"""Taking back what jobs did to manifests, while others write."""

from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki.manifests.writing import Author, ManifestChanged, write
from provisioning.munki.models import Revision
from provisioning.munki.revisions import RecordedChanges
from provisioning.munki.storage import ChangeNote, FolderStore, Stored
from provisioning.registrations import queries
from provisioning.values.serials import Serial
from tests.support import acting

MAC, TOUCHED, MADE = "C02AAA", "one", "two"


class Hurried(FolderStore):
    """A folder in which somebody else writes just before a manifest is removed."""

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Remove a file, whose content is another one in that moment for the first."""
        if name == f"manifests/{TOUCHED}":
            Path(self._root, name).write_bytes(b"an admin's")
        super().remove(name, over=over, note=note)


def test_a_manifest_that_is_written_as_it_is_taken_back_stays_and_the_others_go(
    database: Database, repo_folder: Path
) -> None:
    acting.register(database, MAC)
    with database.reading() as session:
        reason = Author("U0ALICE", "job:1", queries.get_open(session, Serial(MAC)).id)
    store, manifests = Hurried(repo_folder), repo_folder / "manifests"
    changes = RecordedChanges(database, store)
    for name in (TOUCHED, MADE):
        write(store, name, b"a job's", None, ChangeNote("made"))
        changes.record(name, None, b"a job's", reason)

    with pytest.raises(ManifestChanged):
        changes.take_back([TOUCHED, MADE], reason)

    with database.reading() as session:
        kept = session.scalars(select(Revision).order_by(Revision.id)).all()
    assert [(each.name, each.via) for each in kept[2:]] == [(MADE, "undo")]
    assert {each.registration_id for each in kept} == {reason.registration_id}
    assert (manifests / TOUCHED).read_bytes() == b"an admin's"
    assert not (manifests / MADE).exists()
