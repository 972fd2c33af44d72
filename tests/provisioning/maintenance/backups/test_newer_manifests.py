"""After a restore the Macs are told whose manifests are newer than the copy.

The restored databases are copies of the file, with the row that a restore leaves: that spares a
dump and all migrations for each.
"""

import plistlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.diagnostics import Advice, compare, examined
from provisioning.maintenance.models import Restore
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.values.serials import Serial
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.support import acting
from tests.support.acting import did
from tests.support.fixtures.doors import Script

LONDON, PARIS = Destination("london", "design"), Destination("paris", "design")
ADVICE = Advice("/mac", "http://mac.lan:5000/")


class Life:
    """A database whose Macs are registered and boot, and which is then lost."""

    def __init__(self, database: Database, script: Script, copy: Path) -> None:
        self._database, self._script, self._copy = database, script, copy

    def register(self, *serials: str, to: Destination = LONDON) -> None:
        """Register Macs."""
        acting.register(self._database, *serials, to=to)

    def does(self, what: Callable[..., object], serial: str, *arguments: object) -> None:
        """Move, cancel or image a Mac again."""
        with self._database.begin() as session:
            what(session, Serial(serial), *arguments, act=did(session, what.__name__, by="U0A"))

    def boot(self, *serials: str) -> None:
        """Have Macs ask for their manifests."""
        for serial in serials:
            answer = self._script.manifest(serial=serial, site="london", build="design")
            assert answer.status_code == 200

    def is_backed_up(self) -> None:
        """Copy the database, as a backup that is restored would be."""
        with (
            closing(sqlite3.connect(str(self._database.engine.url.database))) as there,
            closing(sqlite3.connect(self._copy)) as copy,
        ):
            there.backup(copy)


@pytest.fixture
def copy_path(tmp_path: Path) -> Path:
    """The file of the restored database."""
    return tmp_path / "copy.sqlite3"


@pytest.fixture
def life(database: Database, script: Script, copy_path: Path) -> Life:
    return Life(database, script, copy_path)


@pytest.fixture
def found(copy_path: Path, repo: MunkiRepo) -> Iterator[Callable[..., list[str]]]:
    """A function that returns the findings about the copy."""
    with closing(Database(f"sqlite:///{copy_path}")) as copy:

        def compared(later: timedelta = timedelta(0)) -> list[str]:
            with copy.begin() as session:
                session.add(restored())
            findings = compare(copy, repo, ADVICE, datetime.now(UTC) + later)
            return [str(finding) for finding in findings]

        yield compared


def restored() -> Restore:
    """The row that a restore leaves."""
    now = datetime.now(UTC)
    return Restore(taken_at=now, restored_at=now)


Found = Callable[..., list[str]]


def test_where_nothing_happened_since_nothing_is_told(life: Life, found: Found) -> None:
    """Also of Macs that wait beside a manifest: moved, imaged again, cancelled before."""
    life.register("C02WAITS", "C02DONE", "C02AGAIN", "C02MOVED", "C02GONE")
    life.boot("C02DONE", "C02AGAIN", "C02MOVED", "C02GONE", "C02NOBODY")
    life.does(acting.reimage, "C02AGAIN")
    life.does(acting.move, "C02MOVED", PARIS)
    life.does(acting.cancel, "C02GONE")
    life.is_backed_up()

    assert found() == []


def test_of_a_repo_that_is_not_there_no_manifest_is_said_to_be_gone(
    life: Life, found: Found, repo_folder: Path
) -> None:
    life.register("C02DONE")
    life.boot("C02DONE")
    life.is_backed_up()
    (repo_folder / "manifests").rename(repo_folder / "away")

    with pytest.raises(RepoUnusable):
        found()


def test_a_mac_that_was_confirmed_since_is_told_with_the_line_that_confirms_it(
    life: Life, found: Found
) -> None:
    life.register("C02DONE")
    life.is_backed_up()
    life.boot("C02DONE")

    assert found() == [
        (
            "C02DONE is waiting, and its manifest leads to london/design already. "
            "Where it was imaged after the backup, have it confirmed: `curl --user USER:PASSWORD "
            "--data-urlencode serial=C02DONE http://mac.lan:5000/gen_manifest`."
        )
    ]


def test_a_mac_that_was_moved_and_imaged_since(life: Life, found: Found) -> None:
    life.register("C02MOVED")
    life.boot("C02MOVED")
    life.is_backed_up()
    life.does(acting.move, "C02MOVED", PARIS)
    life.boot("C02MOVED")

    assert found() == [
        (
            "C02MOVED is registered for london/design, and its manifest leads to paris/design. "
            "Where it was moved after the backup: `/mac move C02MOVED paris design`."
        )
    ]


def test_a_mac_that_was_registered_and_imaged_since(life: Life, found: Found) -> None:
    life.is_backed_up()
    life.register("C02FRESH")
    life.boot("C02FRESH")

    assert found() == [
        (
            "C02FRESH has a manifest for london/design, and nobody has registered it. "
            "Where somebody did after the backup: `/mac register C02FRESH london design`."
        )
    ]


def test_a_confirmed_mac_whose_manifest_is_gone(
    life: Life, found: Found, repo_folder: Path
) -> None:
    life.register("C02GONE", "C02SMALL")
    life.boot("C02GONE", "c02small")
    life.is_backed_up()
    assert (repo_folder / "manifests/c02small").exists()
    (repo_folder / "manifests/C02GONE").unlink()

    [line] = found()
    assert line.startswith("C02GONE is confirmed for london/design, and has no manifest.")
    assert "`/mac cancel C02GONE`" in line


def test_what_is_no_macs_manifest_and_what_cannot_be_read_is_passed_over(
    life: Life, found: Found, repo_folder: Path
) -> None:
    life.is_backed_up()
    manifests = repo_folder / "manifests"
    (manifests / "C02BROKEN").write_bytes(b"no plist")
    both = ["included_manifests/sites/london", "included_manifests/sites/paris"]
    (manifests / "C02BOTH").write_bytes(plistlib.dumps({"included_manifests": both}))
    (manifests / "shared lab").write_bytes((manifests / "site_default").read_bytes())

    assert found() == []


def test_after_two_weeks_it_is_told_no_more(life: Life, found: Found) -> None:
    life.is_backed_up()
    life.boot("C02FRESH")

    assert len(found(timedelta(days=13))) == 1
    assert found(timedelta(days=15)) == []


@pytest.mark.postgresql(instead=True)
def test_the_doctor_tells_it_of_a_database_that_was_restored(
    database: Database, server_settings: ServerSettings, repo_folder: Path
) -> None:
    fresh = ["site_default", "included_manifests/sites/london", "included_manifests/builds/design"]
    manifest = plistlib.dumps({"included_manifests": fresh})
    (repo_folder / "manifests/C02FRESH").write_bytes(manifest)
    these = Application(server_settings, database=database).examination
    told = [str(finding) for finding in examined(these)]
    assert "C02FRESH has a manifest" not in "\n".join(told), "none was restored"
    with database.begin() as session:
        session.add(restored())

    told = [str(finding) for finding in examined(these)]
    assert "C02FRESH has a manifest" in "\n".join(told)
    assert "could not be compared" not in "\n".join(told)
