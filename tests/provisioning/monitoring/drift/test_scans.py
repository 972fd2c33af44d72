"""Scans for drift: which Macs they compare, in what pages, and what a crash leaves."""

import plistlib
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from infrastructure.database.engine import Database
from infrastructure.errors import Temporary
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobHandler, JobRunner
from provisioning.monitoring.drift import drifts, scans
from provisioning.monitoring.drift.models import Drift, DriftScan
from provisioning.monitoring.drift.scans import SCAN, SCAN_PAGE, ScanJob, ScanPageJob
from provisioning.munki import Destination, MunkiRepo, opened, revisions
from provisioning.munki.editing import ManifestEditor
from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.manifests.writing import Author
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import Card, Notification
from provisioning.policy import Policy, PolicyFile
from provisioning.registrations.models import CONFIRMED, Registration
from tests.fakes.git.remote import Remote
from tests.provisioning.munki.storage.conftest import watchful
from tests.support.inputs.layouts import LAYOUTS
from tests.support.inputs.samples import DistantStore
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONDON, PARIS = Destination("london", "design"), Destination("paris", "kiosk")
Scan = Callable[[], list[dict[str, Any]]]


def manifest(to: Destination) -> bytes:
    includes = [include.path for include in DEFAULT.includes(to.site, to.build)]
    return plistlib.dumps({"catalogs": ["production"], "included_manifests": includes})


def confirmed(database: Database, *serials: str, **other: object) -> None:
    """Macs that are done, for London unless told otherwise."""
    written = WrittenIncludes(DEFAULT.includes(LONDON.site, LONDON.build), (), ("production",))
    row = {
        "site": LONDON.site,
        "build": LONDON.build,
        "state": CONFIRMED,
        "channel": CHANNEL,
        "revision": 1,
        "created_at": NOW,
        "changed_at": NOW,
        "confirmed_at": NOW,
        "includes": written.to_json(),
        **other,
    }
    with database.begin() as session:
        session.execute(insert(Registration), [{**row, "serial": serial} for serial in serials])


def found(database: Database) -> list[str]:
    """The serials of Macs with an open drift."""
    with database.reading() as session:
        return [mac.serial for _, mac in drifts.newest(session, 1000)]


def scanner(database: Database, repo: MunkiRepo) -> Scan:
    """Scan for drift; returns the pages that were compared."""
    works: dict[str, JobHandler] = {
        SCAN: ScanJob(database, repo),
        SCAN_PAGE: ScanPageJob(database, repo),
    }
    runner = JobRunner(database, works, [], clock=lambda: NOW)

    def scan() -> list[dict[str, Any]]:
        with database.begin() as session:
            session.add(Job(what=SCAN, facts={}, due_at=NOW))
        pages: list[dict[str, Any]] = []
        while runner.work():
            with database.reading() as session:
                pages += session.scalars(select(Job.facts).where(Job.what == SCAN_PAGE)).all()
        return pages

    return scan


def test_the_first_scan_compares_all_macs_in_pages(
    database: Database, repo: MunkiRepo, repo_folder: Path
) -> None:
    macs = [f"MAC{number:05}" for number in range(600)]
    confirmed(database, *macs)
    for mac in macs:
        lost = mac in (macs[3], macs[550])
        content = manifest(PARIS if lost else LONDON)
        (repo_folder / "manifests" / mac).write_bytes(content)
    (repo_folder / "manifests" / macs[-1]).unlink()
    with database.begin() as session:
        session.get_one(Registration, 10).includes = None  # Rollcall never wrote that one

    pages = scanner(database, repo)()

    assert [page["after"] for page in pages] == [0, 500]
    assert found(database) == [macs[3], macs[550], macs[-1]]


@pytest.mark.postgresql(instead=True)
def test_later_scans_compare_what_changed_alone(
    database: Database, remote: Remote, copy: Path
) -> None:
    macs = [f"MAC{number:05}" for number in range(20)]
    confirmed(database, *macs)
    remote.edit({f"manifests/{mac}": manifest(LONDON) for mac in macs})
    scan = scanner(database, MunkiRepo(watchful(remote, copy)))
    scan()
    assert scan() == []

    remote.edit(
        {
            f"manifests/{macs[3]}": manifest(PARIS),
            f"manifests/{macs[5]}": None,
            "manifests/site_default": manifest(PARIS),
        }
    )

    assert eventually(scan)
    assert found(database) == [macs[3], macs[5]]
    with database.reading() as session:
        change = drifts.facts_of(session.scalars(select(Drift)).first() or Drift()).change
    assert change is not None
    assert (change.by, change.via) == ("Ann Admin", "")


@pytest.mark.parametrize("kind", [FolderStore, DistantStore])
def test_a_manifest_that_went_is_missed_in_a_folder(
    database: Database, repo_folder: Path, kind: type[FolderStore]
) -> None:
    repo = MunkiRepo(kind(repo_folder))
    confirmed(database, "MAC00001", "MAC00002")
    for mac in ("MAC00001", "MAC00002"):
        (repo_folder / "manifests" / mac).write_bytes(manifest(LONDON))
    scan = scanner(database, repo)
    scan()
    (repo_folder / "manifests" / "MAC00002").unlink()

    scan()

    assert found(database) == ["MAC00002"]


def test_the_api_says_who_changed_a_manifest(database: Database, repo: MunkiRepo) -> None:
    confirmed(database, "MAC00001")
    editor = ManifestEditor(database, repo.store)
    name, author = ManifestName.parse("MAC00001"), Author("manifestutil", revisions.API)
    editor.put(name, manifest(PARIS), editor=author, unless=lambda _: None)

    scanner(database, repo)()

    with database.reading() as session:
        change = drifts.facts_of(session.scalars(select(Drift)).one()).change
    assert change is not None
    assert (change.by, change.via) == ("manifestutil", "MWA2 API")


@pytest.mark.postgresql(instead=True)
def test_a_page_that_is_repeated_after_a_crash_tells_nothing_twice(
    database: Database, repo: MunkiRepo, repo_folder: Path
) -> None:
    confirmed(database, "MAC00001")
    (repo_folder / "manifests" / "MAC00001").write_bytes(manifest(PARIS))

    for _ in range(2):
        record = ScanPageJob(database, repo).do({"serials": ["MAC00001"]})
        with database.begin() as session:
            record(session, NOW)
        with database.begin() as session:
            drifts.tell(session, Policy(), channel=CHANNEL, at=NOW + 2 * drifts.GRACE)

    with database.reading() as session:
        assert len(session.scalars(select(Drift)).all()) == 1
        assert len(session.scalars(select(Card)).all()) == 1
        assert len(session.scalars(select(Notification)).all()) == 1


def test_what_was_found_of_a_mac_that_changed_since_is_passed_over(
    database: Database, repo: MunkiRepo, repo_folder: Path
) -> None:
    confirmed(database, "MAC00001")
    (repo_folder / "manifests" / "MAC00001").write_bytes(manifest(PARIS))
    record = ScanPageJob(database, repo).do({"after": 0})

    with database.begin() as session:
        session.scalars(select(Registration)).one().state = "waiting"
    with database.begin() as session:
        record(session, NOW)

    assert found(database) == []


def test_after_a_page_that_is_given_up_all_are_compared_again(
    database: Database, repo: MunkiRepo
) -> None:
    scan = scanner(database, repo)
    scan()
    with database.begin() as session:
        assert session.scalars(select(DriftScan.layout)).all() == [DEFAULT.digest]
        ScanPageJob(database, repo).give_up({"serials": []}, "the disk fails")(session, NOW)

    assert scan() == [{"after": 0}]


def test_a_repo_whose_mount_is_gone_is_tried_again_and_no_manifest_counts_as_gone(
    database: Database, tmp_path: Path
) -> None:
    confirmed(database, "MAC00001")
    repo = opened(str(tmp_path))

    for job in (ScanJob(database, repo), ScanPageJob(database, repo)):
        with pytest.raises(Temporary, match="is it mounted"):
            job.do({"after": 0})


def test_a_manifest_that_cannot_be_read_is_left_to_the_doctor(
    database: Database, repo: MunkiRepo, repo_folder: Path
) -> None:
    confirmed(database, "MAC00001")
    (repo_folder / "manifests" / "MAC00001").write_bytes(b"no property list")

    scanner(database, repo)()

    assert found(database) == []


def test_a_scan_is_made_every_hour_and_not_while_one_is_running(database: Database) -> None:
    def scans_owed(minutes: int) -> int:
        at = NOW.replace(hour=12 + minutes // 60, minute=minutes % 60)
        with database.begin() as session:
            scans.watch(session, PolicyFile(None), channel=CHANNEL, now=at)
        with database.reading() as session:
            return len(session.scalars(select(Job)).all())

    assert [scans_owed(minutes) for minutes in (0, 59, 60, 61, 120)] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("name", ["the Macs in a folder", "roles alone", "by building and type"])
def test_in_any_layout_a_mac_that_was_sent_elsewhere_is_found(
    database: Database, tmp_path: Path, name: str
) -> None:
    case = next(case for case in LAYOUTS if case.name == name)
    layout = Policy.model_validate({"munki": tomllib.loads(case.table)}).munki.layout
    repo = opened(str(case.make(tmp_path)), layout=lambda: layout)
    (mac, (site, build)), (_, other) = list(case.own().items())[:2]
    written = WrittenIncludes(layout.includes(site, build), (), ("production",))
    serial = mac.rpartition("/")[2]
    confirmed(database, serial, site=site, build=build, includes=written.to_json())
    scan = scanner(database, repo)
    scan()
    assert found(database) == []

    sent = {"catalogs": ["production"], "included_manifests": [*case.includes(*other)]}
    (tmp_path / case.root / "manifests" / mac).write_bytes(plistlib.dumps(sent))

    scan()

    assert found(database) == [serial]
    with database.reading() as session:
        there = drifts.facts_of(session.scalars(select(Drift)).one())
    assert (there.difference.place, there.refusal) == (other, None)
