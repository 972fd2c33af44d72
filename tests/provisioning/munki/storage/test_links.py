"""Symbolic links in a repo, in a folder and in git: followed inside it, else refused."""

import itertools
import os
import plistlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from infrastructure.findings import Finding
from provisioning.munki import ChangeNote, MunkiRepo
from provisioning.munki.audit import look_through
from provisioning.munki.errors import BadLink, ManifestUnreadable
from provisioning.munki.locations import store as opened
from provisioning.munki.storage import Overtaken, Store, Stored
from tests.fakes.git.remote import Remote, git
from tests.provisioning.munki.storage.conftest import boot, content_of, watchful
from tests.support.fixtures.repo import LONDON, MAC
from tests.support.inputs.samples import sample_repo
from tests.support.running.crashing.killing import killed_at
from tests.support.soaking import SOAK, rows_in_soak, soak

NAME = f"manifests/{MAC}"
SITES = "manifests/included_manifests/sites"
WHY = ChangeNote("C02XG0FDJGH5 goes to london", "Alice")


class LinkedRepo:
    """A repo in `root`, as an admin has it before them.

    What they have changed there is in `store` once that is asked for: `done` is called before.
    """

    def __init__(self, root: Path, store: Store, done: Callable[[], object]) -> None:
        self.root, self._store, self._done = root, store, done
        self._is_changed = False

    @property
    def store(self) -> Store:
        """The repo as a server has it open."""
        if self._is_changed:
            self._done()
            self._is_changed = False
        return self._store

    def link(self, name: str, text: str) -> None:
        """Make a link, in place of a file of its name."""
        (self.root / name).unlink(missing_ok=True)
        (self.root / name).symlink_to(text)
        self._is_changed = True

    def findings(self) -> list[Finding]:
        """The findings of the doctor."""
        return [each for each in look_through(self.store) if each.kind != "unknown catalogs"]


@pytest.fixture(params=["folder", "git"])
def repo(request: pytest.FixtureRequest, tmp_path: Path, copy: Path) -> LinkedRepo:
    """The sample repo, in a folder and in git."""
    if request.param == "folder":
        root = sample_repo(tmp_path / "munki_repo")
        return LinkedRepo(root, opened(str(root)), lambda: None)
    remote = Remote(tmp_path / "git")
    return LinkedRepo(remote.desk, watchful(remote, copy), lambda: committed(remote))


def committed(remote: Remote) -> None:
    """Have the remote hold what lies on the admin's desk, with fewer processes than a push has."""
    there = ("--git-dir", str(remote.path), "--work-tree", str(remote.desk))
    git(remote.desk, *there, "add", "--all")
    git(remote.desk, *there, "commit", "--quiet", "-m", "a link")


def read(store: Store, name: str) -> Stored:
    """A file that is there."""
    found = store.read(name)
    assert found is not None
    return found


def test_a_manifest_that_is_a_link_is_written_through(repo: LinkedRepo) -> None:
    (repo.root / "manifests/shared").mkdir()
    (repo.root / "manifests/shared/lab").write_bytes(b"one")
    repo.link(NAME, "shared/lab")

    repo.store.replace(NAME, b"two", over=read(repo.store, NAME), note=WHY)

    assert content_of(repo.store, NAME) == b"two"
    assert content_of(repo.store, "manifests/shared/lab") == b"two"
    with pytest.raises(Overtaken):
        repo.store.replace(NAME, b"three", over=None, note=WHY)


def test_a_macs_manifest_that_is_a_link_to_one_that_it_includes_is_refused(
    repo: LinkedRepo,
) -> None:
    """A link by which what is written for one Mac would be written for all that include it."""
    before = content_of(repo.store, "manifests/site_default")
    repo.link(NAME, "site_default")
    view = MunkiRepo(repo.store).now()

    with (
        view.holding(MAC),
        pytest.raises(BadLink, match="which it is to include: remove the link"),
    ):
        view.assign(MAC, LONDON)

    assert content_of(repo.store, "manifests/site_default") == before


def test_a_macs_manifest_that_leads_where_its_site_leads_is_refused_too(repo: LinkedRepo) -> None:
    (repo.root / f"{SITES}/london").rename(repo.root / "manifests/shared")
    repo.link(f"{SITES}/london", "../../shared")
    repo.link(NAME, "shared")
    view = MunkiRepo(repo.store).now()

    with view.holding(MAC), pytest.raises(BadLink, match="link to included_manifests/sites/london"):
        view.assign(MAC, LONDON)


def test_a_linked_folder_is_read_written_and_looked_through(repo: LinkedRepo) -> None:
    repo.link("manifests/places", "included_manifests/sites")

    assert repo.store.exists("manifests/places/london")
    repo.store.replace("manifests/places/rome/east", b"<plist/>", over=None, note=WHY)

    assert content_of(repo.store, f"{SITES}/rome/east") == b"<plist/>"
    below = [name for name in repo.store.walk("manifests") if name.startswith("places/")]
    assert below == ["places/london", "places/new york", "places/paris", "places/rome/east"]


def test_a_link_into_another_folder_of_the_repo_is_followed(repo: LinkedRepo) -> None:
    (repo.root / "shared").mkdir()
    (repo.root / "shared/lab").write_bytes(b"one")
    repo.link("manifests/shared", "../shared")
    repo.link(NAME, "shared/lab")

    repo.store.replace(NAME, b"two", over=read(repo.store, NAME), note=WHY)

    assert content_of(repo.store, "shared/lab") == b"two"
    assert "shared/lab" in list(repo.store.walk("manifests"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nowhere", "is a link to nowhere, which leads nowhere: mend the link, or remove it"),
        (MAC.text, "which leads nowhere"),
        ("../../../outside", "is a link to ../../../outside, out of the repo: put what"),
        ("/etc/hostname", "out of the repo"),
    ],
    ids=["nowhere", "itself", "out", "of the root"],
)
@rows_in_soak("in git they are told from each other by their first signs", "git-itself", "git-out")
def test_a_link_that_leads_nowhere_or_out_is_refused_with_the_fix(
    repo: LinkedRepo, text: str, reason: str
) -> None:
    repo.link(NAME, text)
    munki = MunkiRepo(repo.store)

    refused: list[Callable[[], object]] = [
        lambda: repo.store.read(NAME),
        lambda: repo.store.exists(NAME),
        lambda: repo.store.replace(NAME, b"two", over=None, note=WHY),
        lambda: boot(munki),
    ]
    for work in refused:
        with pytest.raises(ManifestUnreadable, match=reason):
            work()

    assert (repo.root / NAME).is_symlink()
    assert [each.kind for each in repo.findings()] == ["bad links"]


def test_a_link_that_leads_out_is_no_site(repo: LinkedRepo) -> None:
    (repo.root.parent / "outside").mkdir()
    (repo.root.parent / "outside/lab").write_bytes(b"not ours")
    before = list(repo.store.names(SITES))
    repo.link(f"{SITES}/lab", "../../../../outside/lab")
    repo.link(f"{SITES}/labs", "../../../../outside")

    assert list(repo.store.names(SITES)) == before
    assert [path for path in repo.store.tree("manifests") if "/lab" in path] == []


def test_a_folder_that_leads_out_is_told_by_its_name(repo: LinkedRepo) -> None:
    (repo.root.parent / "outside").mkdir()
    (repo.root.parent / "outside/lab").write_bytes(b"not ours")
    repo.link("manifests/apps", "../../outside")

    with pytest.raises(ManifestUnreadable, match=r"manifests/apps is a link to \.\./\.\./outside"):
        repo.store.read("manifests/apps/lab")
    with pytest.raises(ManifestUnreadable):
        repo.store.replace("manifests/apps/new", b"", over=None, note=WHY)

    assert "apps" in list(repo.store.walk("manifests"))
    assert "manifests/apps is a link" in repo.findings()[0].message
    assert [path.name for path in (repo.root.parent / "outside").iterdir()] == ["lab"]


def test_folders_that_lead_into_each_other_end(repo: LinkedRepo) -> None:
    (repo.root / "manifests/a").mkdir()
    (repo.root / "manifests/b").mkdir()
    (repo.root / "manifests/a/item").write_bytes(b"")
    (repo.root / "manifests/a/b").symlink_to("../b")
    (repo.root / "manifests/b/a").symlink_to("../a")
    repo.link("manifests/up", "../manifests")

    names = list(repo.store.walk("manifests"))

    assert [name for name in names if name.endswith("item")] == ["a/item", "b/a/item"]


def test_includes_below_a_linked_folder_exist_and_their_loops_are_found(repo: LinkedRepo) -> None:
    manifest = plistlib.dumps({"included_manifests": ["more/round"]})
    (repo.root / "manifests/apps").mkdir()
    (repo.root / "manifests/apps/round").write_bytes(manifest)
    (repo.root / "manifests/apps/good").write_bytes(manifest)
    repo.link("manifests/more", "apps")

    messages = [each.message for each in repo.findings()]

    assert messages == ["Manifests include each other: more/round → more/round."]


def test_removing_a_link_leaves_what_it_leads_to(repo: LinkedRepo) -> None:
    repo.link("manifests/kiosk", "included_manifests/sites/london")

    repo.store.remove("manifests/kiosk", over=read(repo.store, "manifests/kiosk"), note=WHY)

    assert repo.store.read("manifests/kiosk") is None
    assert repo.store.exists(f"{SITES}/london")


def test_a_file_below_a_linked_folder_can_be_removed(repo: LinkedRepo) -> None:
    repo.link("manifests/places", "included_manifests/sites")
    name = "manifests/places/london"

    repo.store.remove(name, over=read(repo.store, name), note=WHY)

    assert repo.store.read(f"{SITES}/london") is None


def test_all_links_to_a_file_share_its_lock(repo: LinkedRepo) -> None:
    repo.link("manifests/kiosk", "included_manifests/sites/london")

    def hold() -> None:
        with repo.store.holding(f"{SITES}/london"):
            pass

    other = Thread(target=hold)
    with repo.store.holding("manifests/kiosk"):
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()


def test_a_top_folder_may_lie_on_another_disk(tmp_path: Path) -> None:
    root = sample_repo(tmp_path / "munki_repo")
    (root / "manifests").rename(tmp_path / "disk")
    (root / "manifests").symlink_to(tmp_path / "disk")
    (root / NAME).symlink_to("site_default")
    store = opened(str(root))

    store.replace(NAME, b"two", over=read(store, NAME), note=WHY)

    assert content_of(store, "manifests/site_default") == b"two"
    assert (root / NAME).is_symlink()
    assert "included_manifests/sites/london" in list(store.walk("manifests"))


@soak
def test_a_server_killed_at_any_line_leaves_a_link_to_a_whole_file(tmp_path: Path) -> None:
    root = sample_repo(tmp_path / "munki_repo")
    file = root / "manifests/site_default"
    file.write_bytes(b"before")
    file.chmod(0o640)
    os.setxattr(file, "user.owner", b"an admin")
    (root / NAME).symlink_to("site_default")
    store = opened(str(root))
    seen = set()

    for line in itertools.count(1, 1 if SOAK else 25):
        file.write_bytes(b"before")
        over = read(store, NAME)
        write = partial(store.replace, NAME, b"after", over=over, note=WHY)
        if not killed_at(line, write):
            break
        seen.add(file.read_bytes())
        assert (root / NAME).is_symlink()
        assert file.stat().st_mode & 0o7777 == 0o640
        assert os.getxattr(file, "user.owner") == b"an admin"

    assert seen == {b"before", b"after"}
    assert not list(root.glob("manifests/.*.rollcall"))
