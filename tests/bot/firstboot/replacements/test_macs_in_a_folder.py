"""Macs' manifests in a folder of their own, in each place where a Munki repo may lie."""

import plistlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import BOARD
from provisioning.munki.audit import look_through
from provisioning.munki.layout import Layout
from rollcall.application import Application
from rollcall.settings import BotSettings, ServerSettings
from tests.bot.firstboot.replacements.desk import NEW, OLD, Desk
from tests.fakes import s3
from tests.fakes.git.remote import Remote
from tests.fakes.s3 import S3Server
from tests.fakes.slack import Workspace, readable
from tests.support.fixtures.doors import Clock, Script
from tests.support.inputs.samples import sample_repo
from tests.support.running import settings
from tests.support.soaking import in_soak
from tests.support.waiting import eventually

S, B = "included_manifests/sites", "included_manifests/builds"
SAME_STORES = "tests/provisioning/munki/storage holds places of all kinds to one contract"


@dataclass(frozen=True)
class Place:
    """A Munki repo as its admin has it; `url` is MUNKI_REPO."""

    url: str
    read: Callable[[str], bytes | None]
    write: Callable[[str, bytes], object]


def in_a_folder(tmp_path: Path) -> Place:
    top = sample_repo(tmp_path / "repo")

    def read(name: str) -> bytes | None:
        return (top / name).read_bytes() if (top / name).exists() else None

    def write(name: str, content: bytes) -> None:
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_bytes(content)

    return Place(str(top), read, write)


def in_git(tmp_path: Path) -> Place:
    remote = Remote(tmp_path / "remote")
    return Place(remote.url, remote.read, lambda name, content: remote.edit({name: content}))


def in_a_bucket(tmp_path: Path, server: S3Server) -> Place:
    bucket = server.bucket(sample_repo(tmp_path / "repo"), prefix="munki/")
    bucket.put("catalogs/production", plistlib.dumps([]))

    def read(name: str) -> bytes | None:
        try:
            return bucket.get(name)
        except ClientError:
            return None

    return Place(bucket.place, read, bucket.put)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3Server]:
    """A server in a process of its own."""
    with s3.running() as server:
        yield server


def also_in(*kinds: str) -> pytest.MarkDecorator:
    """Runs a test in a folder and in places of these kinds; `make soak` in the others too."""
    others = [kind for kind in ("git", "bucket") if kind not in kinds]
    values = ["folder", *kinds, *in_soak(SAME_STORES, *others)]
    return pytest.mark.parametrize("place", values, indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param != "bucket":
        return {"folder": in_a_folder, "git": in_git}[request.param](tmp_path)
    server = request.getfixturevalue("s3_server")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return in_a_bucket(tmp_path, server)


@pytest.fixture
def with_place(place: Place, tmp_path: Path) -> dict[str, object]:
    """The settings that lead to the repo, and to a policy that gives Macs a folder there."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nmacs = "clients"\n')
    return {"munki_repo": place.url, "repo_copy": tmp_path / "copies", "policy": policy}


@pytest.fixture
def server_settings(
    server_settings: ServerSettings, with_place: dict[str, object]
) -> ServerSettings:
    return server_settings.model_copy(update=with_place)


@pytest.fixture
def bot_settings(bot_settings: BotSettings, with_place: dict[str, object]) -> BotSettings:
    return bot_settings.model_copy(update=with_place)


@pytest.fixture
def application(
    server_settings: ServerSettings, bot_settings: BotSettings, database: Database
) -> Application:
    return Application(server_settings, bot_settings, database=database)


@dataclass(frozen=True)
class Work:
    """A job runner at work, and hours that pass."""

    runner: JobRunner
    clock: Clock
    database: Database

    def hours_until(self, is_done: Callable[[], bool]) -> None:
        """Let hours pass until something is done: what was pushed is seen within 5 seconds."""

        def is_done_now() -> bool:
            self.hours()
            return is_done()

        eventually(is_done_now, timeout=30)

    def hours(self) -> None:
        """Let hours pass, with the rounds of the job runner."""
        for _ in range(2):
            self.clock.advance(hours=1)
            self.runner.run_periodic()
            with self.database.begin() as session:
                replacing.enqueue_comparing(session, self.clock())
            while self.runner.work():
                pass


@pytest.fixture
def work(
    slack: Workspace,
    database: Database,
    bot_settings: BotSettings,
    repo_folder: Path,
    with_place: dict[str, object],
    clock: Clock,
) -> Work:
    given = settings.jobs_settings(repo_folder, slack.api_url, slack.app.bot_token)
    application = Application(given.model_copy(update=with_place), database=database)
    tasks = application.periodic_tasks
    return Work(JobRunner(database, application.job_handlers, tasks, clock=clock), clock, database)


@pytest.fixture
def desk(bot: object, slack: Workspace, database: Database, script: Script, work: Work) -> Desk:
    """A desk with one confirmed Mac, which was told its ClientIdentifier."""
    desk = Desk(slack, database, script, Path(), work.runner)
    desk.register(OLD, "london", "design", named="lab-07")
    booted = script.manifest(serial=OLD, client_identifier="")
    assert booted.text == f"Manifest saved\nclients/{OLD}"
    work.clock.advance(minutes=1)
    return desk


def manifest(place: Place, serial: str) -> dict[str, Any] | None:
    content = place.read(f"manifests/clients/{serial}")
    return None if content is None else plistlib.loads(content)


@also_in()
def test_a_board_that_was_swapped_has_both_manifests_equal_until_it_is_heard(
    desk: Desk, place: Place, work: Work, application: Application
) -> None:
    ours = manifest(place, OLD)
    assert ours is not None
    assert ours["included_manifests"] == ["site_default", f"{S}/london", f"{B}/design"]
    assert place.read(f"manifests/{OLD}") is None
    assert look_through(application.repo.store, Layout(macs="clients")) == []

    desk.exchange(BOARD)
    desk.work()
    assert manifest(place, OLD) == manifest(place, NEW) == ours
    edited = plistlib.dumps({**ours, "notes": "changed since"})
    place.write(f"manifests/clients/{NEW}", edited)
    work.hours_until(lambda: place.read(f"manifests/clients/{OLD}") == edited)

    assert desk.boot(OLD, client_identifier=f"clients/{OLD}") == 200
    desk.work()
    assert desk.boot(NEW, client_identifier=f"clients/{OLD}") == 200
    desk.work()
    assert manifest(place, OLD) is not None, "Munki there still asks for it"
    heard = desk.script.manifest(serial=NEW, client_identifier="")
    assert heard.text == f"Manifest saved\nclients/{NEW}"
    desk.work()
    assert (manifest(place, OLD), place.read(f"manifests/clients/{NEW}")) == (None, edited)


@also_in()
def test_a_drift_is_seen_where_the_manifest_lies_and_put_back_there(
    desk: Desk, place: Place, work: Work
) -> None:
    ours = manifest(place, OLD)
    assert ours is not None
    work.hours()
    assert "Put back" not in readable(desk.typed(f"show {OLD}"))
    elsewhere = ["site_default", f"{S}/paris", f"{B}/kiosk"]
    sent = plistlib.dumps({**ours, "included_manifests": elsewhere})
    place.write(f"manifests/clients/{OLD}", sent)
    drifted = "leads to *paris* / *kiosk*; it is registered for *london*"
    work.hours_until(lambda: drifted in readable(desk.typed(f"show {OLD}")))

    assert "being put back" in desk.refused(desk.alice.ephemerals[-1], "drift_back")
    work.clock.advance(minutes=1)
    desk.work()
    assert manifest(place, OLD) == ours


@also_in("git")
def test_the_history_shows_the_change_of_the_manifest_in_its_folder(desk: Desk) -> None:
    assert "Its manifest* was made" in readable(desk.typed(f"show {OLD}"))
