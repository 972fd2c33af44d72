"""Repos in other layouts, in git and in a bucket: found, offered and written where they lie."""

import plistlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo, locations
from provisioning.munki.layout.finder.proposal import propose
from provisioning.munki.layout.finder.shape import read_repo
from provisioning.munki.storage import Store
from provisioning.munki.storage.s3.client import Clients
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.git.remote import Remote
from tests.fakes.s3 import S3Server
from tests.provisioning.munki.storage.conftest import PATIENT
from tests.support.fixtures.repo import MAC
from tests.support.inputs.layouts import case_of
from tests.support.inputs.repos import RepoCase
from tests.support.installing.packages import program
from tests.support.soaking import first, rows_in_soak
from tests.support.waiting import eventually

CASES = ("nested folders", "in a folder of a git repo", "the Macs in a folder")
IN_A_FOLDER = "test_layouts has it in a folder; here it is how a store finds nested ones"


@dataclass(frozen=True)
class Place:
    """A place with a repo in it: `opened` below a root, read and changed as an admin does."""

    opened: Callable[[str], Store]
    read: Callable[[str], bytes | None]
    edit: Callable[[str, bytes], object]


def in_git(folder: Path, tmp_path: Path) -> Place:
    program("git")
    remote, copies = Remote(tmp_path / "git", sample=False), iter(range(9))
    shutil.copytree(folder, remote.desk, dirs_exist_ok=True)
    remote.push("the repo as it is")
    return Place(
        lambda root: locations.store(remote.url, tmp_path / f"copy{next(copies)}", root),
        remote.read,
        lambda name, content: remote.edit({name: content}),
    )


def in_bucket(folder: Path, server: S3Server, clients: Clients) -> Place:
    bucket = server.bucket(folder, prefix="munki/")
    return Place(
        lambda root: BucketStore(
            "/".join(filter(None, (bucket.place.rstrip("/"), root))),
            PATIENT,
            clients=clients,
            max_age=0.3,
        ),
        bucket.get,
        bucket.put,
    )


@pytest.fixture(params=first(2, CASES, "tests of the finder have them in a folder"))
def case(request: pytest.FixtureRequest) -> RepoCase:
    """A repo."""
    return case_of(request.param)


@pytest.fixture(params=["git", "bucket"])
def place(
    request: pytest.FixtureRequest,
    case: RepoCase,
    tmp_path: Path,
    s3_server: S3Server,
    s3_clients: Clients,
) -> Place:
    """The place that it lies in."""
    folder = case.make(tmp_path / "munki")
    if request.param == "git":
        return in_git(folder, tmp_path)
    return in_bucket(folder, s3_server, s3_clients)


@rows_in_soak(IN_A_FOLDER, "the Macs in a folder")
@rows_in_soak("git finds nested ones below, and a bucket here", "nested folders-git")
def test_the_layout_of_a_repo_is_found_and_a_mac_gets_its_manifest_there(
    case: RepoCase, place: Place
) -> None:
    root = f"{case.root}/" if case.root else ""
    proposal = propose(read_repo(place.opened("")))
    assert proposal is not None
    repo = MunkiRepo(place.opened(proposal.root), lambda: case.layout)
    site, build = case.places[0]

    with repo.now().holding(MAC):
        repo.now().assign(MAC, repo.now().destination(site, build))

    assert (proposal.root, proposal.layout) == (case.root, case.layout)
    content = place.read(f"{root}manifests/{case.layout.manifest_of(MAC.text)}")
    assert plistlib.loads(content or b"")["included_manifests"] == [*case.includes(site, build)]


@rows_in_soak(IN_A_FOLDER, "the Macs in a folder")
@rows_in_soak("below a root it is read above", "in a folder of a git repo-git")
def test_a_manifest_that_an_admin_adds_in_a_folder_is_offered(case: RepoCase, place: Place) -> None:
    root = f"{case.root}/" if case.root else ""
    repo = MunkiRepo(place.opened(case.root), lambda: case.layout)
    site, build = ("far/away", case.places[0][1]) if case.places[0][0] else ("", "far/away")
    path = next(each.path for each in case.layout.includes(site, build) if "far/away" in each.path)
    assert "far/away" not in repo.now().sites() + repo.now().builds()

    place.edit(f"{root}manifests/{path}", plistlib.dumps({}))

    eventually(lambda: "far/away" in repo.now().sites() + repo.now().builds())
