"""Macs of repos as they are elsewhere: booted with our script, and seen as Munki sees them."""

import os
import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.munki.layout.finder.proposal import propose
from provisioning.munki.layout.finder.shape import read_repo
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.storage import FolderStore
from provisioning.values.serials import Serial
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.fakes.mac import Mac
from tests.fakes.mac.preferences import Preferences
from tests.fakes.munki.client import MunkiClient
from tests.fakes.munki.mirrors import web
from tests.server.machines.asked import registered
from tests.support.acting import adopt, did, move
from tests.support.inputs.layouts import case_of
from tests.support.inputs.repos import RepoCase
from tests.support.installation import PASSWORD, USERNAME
from tests.support.running.settings import with_policy
from tests.support.soaking import in_soak, rows_in_soak

MAC, OTHER = "C02NEW7XJG5H", "C02NEW8XJG5H"
# One for each thing that a server or a script does otherwise: two halves of a place, one of them,
# none, a root below the repo's, a folder of the Macs' own, and names of files.
KINDS = (
    "Rollcall's own", "roles alone", "a list", "in a folder of a git repo",
    "the Macs in a folder", "a list of files with an extension",
)  # fmt: skip
OTHERS = (
    "prefixes", "words with spaces", "departments alone", "by building and type",
    "a manifest for each building", "numbers of schools", "rooms of buildings",
    "numbers of schools whose Macs are alike", "a folder for each site", "by catalog and area",
    "nested folders", "names in reverse DNS", "nothing for all",
)  # fmt: skip
TWO = ("the Macs in a folder", "roles alone")
SAME_WAY = "tests of the layouts read each of these repos, which a server then writes in one way"


two_kinds = pytest.mark.parametrize(
    "case",
    [*TWO, *in_soak("the test above has a Mac of each", *sorted({*KINDS, *OTHERS} - set(TWO)))],
    indirect=True,
)


@pytest.fixture(params=[*KINDS, *in_soak(SAME_WAY, *OTHERS)])
def case(request: pytest.FixtureRequest) -> RepoCase:
    """A repo, and the table of the policy that goes with it."""
    return case_of(request.param)


@pytest.fixture
def repo_folder(case: RepoCase, tmp_path: Path) -> Path:
    """That repo, in which each manifest that Macs include has an item of its name."""
    folder = case.make(tmp_path / "munki")
    for path in {path for place in case.places for path in case.includes(*place)}:
        manifest = plistlib.dumps({"managed_installs": [path]})
        (folder / case.root / "manifests" / path).write_bytes(manifest)
    return folder


@pytest.fixture
def server_settings(
    server_settings: ServerSettings, repo_folder: Path, tmp_path: Path
) -> ServerSettings:
    """A server with the table that is proposed for it."""
    proposal = propose(read_repo(FolderStore(repo_folder)))
    assert proposal is not None
    return with_policy(
        server_settings,
        tmp_path,
        written(proposal.root, proposal.layout, proposal.catalogs, proposal.reasons),
    )


@pytest.fixture
def preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preferences:
    """The preferences of a Mac whose `defaults` is in PATH."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return Preferences(tmp_path / "mac", tools)


def mac(serial: str, url: str) -> Mac:
    return Mac(serial, url, username=USERNAME, password=PASSWORD)


def script_for(url: str, serial: str, *place: str) -> str:
    """The script, which calls the server where it is."""
    one = mac(serial, url)
    return one.prepare(one.fetch(*place)).replace("http://127.0.0.1:5000", url)


@rows_in_soak(
    "others have Rollcall's own, and the one below roles alone", "Rollcall's own", "roles alone"
)
def test_a_registered_mac_gets_what_munki_finds_for_its_place_in_any_layout(
    case: RepoCase,
    repo_folder: Path,
    database: Database,
    url: str,
    preferences: Preferences,
    application: Application,
) -> None:
    root, (site, build) = repo_folder / case.root, case.places[0]
    path = f"{case.macs}/{MAC}" if case.macs else MAC
    registered(database, MAC, site, build, layout=application.repo.now().layout)
    script = script_for(url, MAC)

    first = mac(MAC, url).run(script)
    content = (root / "manifests" / path).read_bytes()
    again = mac(MAC, url).run(script)

    assert (first.code, again.code) == (0, 0), first.output
    assert preferences.identifier == (path if case.macs else "")
    with web(root) as shown:
        seen = MunkiClient(shown.url, MAC, identifier=preferences.identifier).check()
    assert seen.primary == path
    assert seen.named("managed_installs") == [*case.includes(site, build)]
    assert (root / "manifests" / path).read_bytes() == content


@two_kinds
def test_an_adopted_mac_keeps_its_manifest_until_it_is_moved_and_munki_finds_both(
    case: RepoCase,
    repo_folder: Path,
    database: Database,
    url: str,
    preferences: Preferences,
    application: Application,
) -> None:
    root, (path, (site, build)) = repo_folder / case.root, next(iter(case.own().items()))
    serial = Serial(path.rpartition("/")[2])
    target = Destination(*case.places[1], application.repo.now().layout)
    before = (root / "manifests" / path).read_bytes()
    script = script_for(url, serial.text)

    def items() -> list[str]:
        with web(root) as shown:
            client = MunkiClient(shown.url, serial.text, identifier=preferences.identifier)
            return client.check().named("managed_installs")

    assert adopt(database, application.repo) == len(case.own())
    assert mac(serial.text, url).run(script).code == 0
    assert (root / "manifests" / path).read_bytes() == before
    assert items() == [*case.includes(site, build)]

    with database.begin() as session:
        move(session, serial, target, act=did(session, "moved", by="U0ALICE"))
    assert mac(serial.text, url).run(script).code == 0
    assert items() == [*case.includes(target.site, target.build)]


@two_kinds
def test_a_mac_that_only_its_script_places_gets_the_same(
    case: RepoCase, repo_folder: Path, url: str
) -> None:
    site, build = case.places[-1]

    ended = mac(OTHER, url).run(script_for(url, OTHER, site, build))

    assert ended.code == 0, ended.output
    path = f"{case.macs}/{OTHER}" if case.macs else OTHER
    content = (repo_folder / case.root / "manifests" / path).read_bytes()
    assert plistlib.loads(content)["included_manifests"] == [*case.includes(site, build)]
    named = ", ".join(f"${kind}" for kind, name in (("site", site), ("build", build)) if name)
    named = named.replace("$site", site).replace("$build", build)
    assert f"is written ({named} was asked for)" in ended.output
