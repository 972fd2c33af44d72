"""The job that carries over what a manifest in another case has, interrupted and in git."""

import plistlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning import munki
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.decisions.carrying import TwinManifests
from provisioning.firstboot.models import Decision
from provisioning.firstboot.service import FirstBootService, ManifestCall
from provisioning.munki import MunkiRepo
from provisioning.munki.manifests.documents import joined
from provisioning.munki.manifests.writing import ManifestChanged
from provisioning.registrations import operations
from provisioning.values.serials import Serial
from tests.fakes.git.remote import Remote
from tests.support import acting
from tests.support.acting import did
from tests.support.tables import for_each

MAC, TWIN = "C02AAA", "c02aaa"
HAS = {"catalogs": ["testing"], "included_manifests": [], "managed_installs": ["Zoom"]}


@for_each(
    ("present", "other", "result"),
    [
        ({"managed_installs": ["a"]}, {"managed_installs": ["b", "a"]}, ["a", "b"]),
        ({"managed_installs": "a"}, {"managed_installs": ["b"]}, "a"),
        ({}, {"managed_installs": []}, []),
        ({"managed_installs": ""}, {"managed_installs": "b"}, "b"),
        ({"managed_installs": "usual"}, {"managed_installs": "b"}, "b"),
        ({"managed_installs": "its own"}, {"managed_installs": "b"}, "its own"),
        ({"managed_installs": "its own"}, {}, "its own"),
    ],
)
def test_what_a_manifest_lacks_comes_from_the_other_and_what_it_has_stays(
    present: dict[str, object], other: dict[str, object], result: object
) -> None:
    assert joined(present, other, {"managed_installs": "usual"})["managed_installs"] == result


def test_the_catalogs_are_those_of_the_other_unless_it_has_none() -> None:
    present = {"catalogs": ["production"]}

    assert joined(present, {"catalogs": ["testing"]}, {})["catalogs"] == ["testing"]
    assert joined(present, {"catalogs": []}, {})["catalogs"] == ["production"]


def answered(database: Database, repo: MunkiRepo) -> int:
    """Register the Mac, have it boot, and answer the question; returns the act."""
    acting.register(database, MAC)
    window = timedelta(minutes=5)
    service = FirstBootService(database, repo, channel="C1", suppress_window=window)
    service.provision(ManifestCall(Serial(MAC)), repo.now())
    with database.begin() as session:
        question = session.scalars(select(Decision)).one()
        act = did(session, twins.CARRIED, by="U0ALICE")
        twins.decide(session, question.id, twins.CARRY, operation=act)
        return act.id


def undo(database: Database, act_id: int) -> None:
    """Take it back, as the button does."""
    with database.begin() as session:
        undoing = did(session, "undone", by="U0ALICE")
        operation = operations.begin_undo(session, act_id, undoing)
        result = operations.undo(session, operation, undoing)
        twins.take_back(session, operation, result.restored)


def test_a_job_that_is_repeated_changes_nothing_more(
    database: Database, repo: MunkiRepo, repo_folder: Path
) -> None:
    twin, own = (repo_folder / "manifests" / name for name in (TWIN, MAC))
    twin.write_bytes(plistlib.dumps(HAS))
    act, manifests = answered(database, repo), TwinManifests(database, repo)
    manifests.settle(act)
    carried = own.read_bytes()

    manifests.settle(act)

    assert own.read_bytes() == carried
    undo(database, act)
    manifests.settle(act)
    manifests.settle(act)
    assert plistlib.loads(twin.read_bytes()) == HAS
    assert plistlib.loads(own.read_bytes())["managed_installs"] == []


def test_an_undo_leaves_what_somebody_changed_since_and_restores_the_other(
    database: Database, repo: MunkiRepo, repo_folder: Path
) -> None:
    twin, own = (repo_folder / "manifests" / name for name in (TWIN, MAC))
    twin.write_bytes(plistlib.dumps(HAS))
    act, manifests = answered(database, repo), TwinManifests(database, repo)
    manifests.settle(act)
    own.write_bytes(edited := plistlib.dumps({"catalogs": ["production"], "notes": "Olivia's"}))
    undo(database, act)

    with pytest.raises(ManifestChanged):
        manifests.settle(act)

    assert own.read_bytes() == edited
    assert plistlib.loads(twin.read_bytes()) == HAS


def test_in_git_each_step_is_a_commit_of_the_person(database: Database, tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    remote.edit({f"manifests/{TWIN}": plistlib.dumps(HAS)})
    repo = munki.opened(remote.url, tmp_path / "copy")
    act = answered(database, repo)

    TwinManifests(database, repo).settle(act)

    assert remote.read(f"manifests/{TWIN}") is None
    removed, carried, *_ = remote.log("%s|%an")
    assert carried == f"{TWIN} → {MAC}, carried over by U0ALICE in Slack|U0ALICE"
    assert removed == f"{TWIN}: removed by U0ALICE (twin {act})|U0ALICE"
