"""Manifests that are written at registration, for Macs that never see Imagr."""

import plistlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.firstboot.decisions import two_of_a_kind
from provisioning.firstboot.models import Decision
from provisioning.firstboot.service import FirstBootService
from provisioning.munki import Destination, MunkiRepo
from provisioning.registrations import queries
from provisioning.values.serials import Serial
from rollcall.application import Application
from rollcall.settings import JobsSettings
from tests.fakes.slack import Workspace
from tests.support import acting
from tests.support.acting import did, register
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL

GoRound = Callable[[], None]

MAC = "C02XG0FDJGH5"
POLICY = """
[sites.london]
prestage = true
[builds.kiosk]
catalogs = ["testing", "production"]
"""


pytestmark = pytest.mark.policy(POLICY)


@pytest.fixture
def runner(jobs_settings: JobsSettings, database: Database, clock: Clock) -> JobRunner:
    """A job runner with its periodic tasks."""
    application = Application(jobs_settings, database=database)
    return JobRunner(database, application.job_handlers, application.periodic_tasks, clock=clock)


@pytest.fixture
def go_round(runner: JobRunner, clock: Clock) -> GoRound:
    """Have the job runner make a round and do the jobs that are pending then."""

    def go() -> None:
        clock.advance(seconds=11)
        runner.run_periodic()
        while runner.work():
            pass

    return go


def keys_of(repo_folder: Path) -> dict[str, Any]:
    """The keys of the Mac's manifest."""
    keys: dict[str, Any] = plistlib.loads((repo_folder / "manifests" / MAC).read_bytes())
    return keys


def state_of(database: Database) -> str:
    """The state of the Mac's registration."""
    with database.reading() as session:
        return queries.get_open(session, Serial(MAC)).state


def test_it_is_written_before_the_mac_boots_and_the_channel_hears_it(
    database: Database,
    go_round: GoRound,
    deliver_all: DeliverAll,
    repo_folder: Path,
    slack: Workspace,
) -> None:
    register(database, MAC)
    go_round()
    deliver_all()

    written = keys_of(repo_folder)
    assert written["included_manifests"][1:] == [
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    said = [message.text for message in slack.channels[CHANNEL].messages]
    assert "<@U0ALICE>: confirmed\n" in "\n".join(said)
    assert "written before its first boot" in "\n".join(said)


def test_a_new_manifest_has_the_catalogs_of_its_build(
    database: Database, go_round: GoRound, repo_folder: Path
) -> None:
    register(database, MAC, to=Destination("london", "kiosk"))
    go_round()

    written = keys_of(repo_folder)
    assert written["catalogs"] == ["testing", "production"]


@pytest.mark.postgresql(instead=True)
def test_other_sites_wait_for_the_first_boot(
    database: Database, go_round: GoRound, repo_folder: Path
) -> None:
    register(database, MAC, to=Destination("paris", "design"))
    go_round()

    assert not (repo_folder / "manifests" / MAC).exists()


@pytest.mark.postgresql(instead=True)
def test_a_moved_mac_is_written_anew(
    go_round: GoRound, database: Database, repo_folder: Path
) -> None:
    register(database, MAC)
    go_round()
    acting.move_now(database, MAC, Destination("london", "kiosk"))
    go_round()

    assert keys_of(repo_folder)["included_manifests"][1:] == [
        "included_manifests/sites/london",
        "included_manifests/builds/kiosk",
    ]


@pytest.mark.postgresql(instead=True)
def test_one_that_is_to_be_imaged_again_waits_for_its_first_boot(
    go_round: GoRound, database: Database
) -> None:
    register(database, MAC)
    go_round()
    with database.begin() as session:
        act = did(session, "reimaged", by="U0ALICE")
        acting.reimage(session, Serial(MAC), act=act)
    go_round()

    assert state_of(database) == "waiting"


def test_one_whose_manifest_cannot_be_read_fails_and_is_told_once(
    go_round: GoRound,
    deliver_all: DeliverAll,
    repo_folder: Path,
    database: Database,
    slack: Workspace,
) -> None:
    path = repo_folder / "manifests" / MAC
    path.write_bytes(b"not a plist")
    register(database, MAC)
    for _ in range(3):
        go_round()
    deliver_all()

    assert path.read_bytes() == b"not a plist"
    assert state_of(database) == "failed"
    said = [message.text for message in slack.channels[CHANNEL].messages]
    assert sum("Trouble" in text and "cannot be read" in text for text in said) == 1


def test_one_with_two_sites_is_asked_about_once_and_written_after_the_answer(
    go_round: GoRound, repo_folder: Path, database: Database
) -> None:
    path, sites = repo_folder / "manifests" / MAC, "included_manifests/sites"
    path.write_bytes(
        plistlib.dumps({"included_manifests": [f"{sites}/paris", f"{sites}/new york"]})
    )
    register(database, MAC)
    for _ in range(3):
        go_round()
    with database.begin() as session:
        asked = session.scalars(select(Decision)).one()
        act = did(session, "decided", by="U0ALICE")
        two_of_a_kind.decide(
            session, asked.registration_id, asked.revision, two_of_a_kind.OUT, operation=act
        )
    go_round()

    written = keys_of(repo_folder)
    assert written["included_manifests"] == [
        "site_default",
        f"{sites}/london",
        "included_manifests/builds/design",
    ]


def test_a_repo_that_cannot_be_used_now_is_used_later(
    database: Database, go_round: GoRound, repo_folder: Path
) -> None:
    manifests = repo_folder / "manifests"
    register(database, MAC)
    manifests.rename(repo_folder / "gone")
    go_round()
    (repo_folder / "gone").rename(manifests)
    go_round()

    assert (manifests / MAC).exists()


def test_a_mac_that_boots_after_all_only_asks_again(
    go_round: GoRound, database: Database, clock: Clock
) -> None:
    register(database, MAC)
    go_round()
    with database.reading() as session:
        before = queries.get_open(session, Serial(MAC)).confirmed_at
    go_round()

    with database.reading() as session:
        assert queries.get_open(session, Serial(MAC)).confirmed_at == before
    assert before is not None
    assert clock() - before < timedelta(minutes=5)


class Counts:
    """A count of first boots, and of manifests that were written before one."""

    def __init__(self) -> None:
        self.counted: list[str] = []

    def first_boot(self, site: str, _wait: float | None) -> None:
        """Note a first boot."""
        self.counted.append(f"first boot in {site}")

    def prestaged(self, site: str) -> None:
        """Note a manifest that was written before one."""
        self.counted.append(f"written ahead in {site}")


def test_it_is_counted_as_written_ahead_and_as_no_first_boot(
    database: Database, repo: MunkiRepo
) -> None:
    counts = Counts()
    service = FirstBootService(
        database, repo, channel=CHANNEL, suppress_window=timedelta(0), count=counts
    )
    register(database, MAC)

    service.prestage(Serial(MAC))

    assert counts.counted == ["written ahead in london"]
