"""docs/how-to/backup.md, typed: with processes that run, on both kinds of database."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.support import acting
from tests.support.installation import ROOT, Install, Installation
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

NOBODY = "http://127.0.0.1:9/"  # Slack is down: nothing that is owed is said
PAGE = (ROOT / "docs/how-to/backup.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
[CRON] = re.findall(r"^```crontab\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
DRILL = "/tmp/drill.sqlite3"
STARTS = "each line starts a process or two"


class Admin:
    """An admin who follows the page, in a folder of their own."""

    def __init__(self, rollcall: Installation, folder: Path) -> None:
        self.rollcall, self.folder = rollcall, folder
        programs = folder / "bin"
        programs.mkdir()
        self._write(
            programs / "docker", f'exec "{sys.executable}" -m tests.fakes.docker.compose "$@"'
        )
        self._write(folder / "boot.sh", f'exec "{ROOT}/boot.sh" "$@"')
        self._environment = {
            **rollcall.environment,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        }

    def has(self, scaled: str) -> None:
        """Have a database for the services of compose.scale.yaml."""
        self._environment["SCALED"] = scaled

    def _write(self, path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        """Type a line of the page."""
        return subprocess.run(
            ["sh", "-c", line.replace(DRILL, f"{self.folder}/drill.sqlite3")],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def follows(self, block: str, *, lose: bool = False) -> str:
        """Type a block of the page and return the output.

        With `lose`, the database is lost as soon as all processes have stopped.
        """
        said = ""
        for line in block.splitlines():
            if re.search(r"^docker compose( -f compose.scale.yaml)? stop\b", line):
                self.rollcall.stop()
                if lose:
                    forget(self.rollcall.environment["ROLLCALL_DATABASE_URL"])
            elif line.endswith(" up --detach --wait database"):
                continue  # it runs already
            elif re.search(r"^docker compose( -f compose.scale.yaml)? up\b", line):
                self.start(scaled="compose.scale.yaml" in line)
            else:
                said += self.does(line)
        return said

    def does(self, line: str) -> str:
        """Type a line that works and return the output."""
        ended = self.types(line)
        assert ended.returncode == 0, (line, ended.stderr)
        return ended.stdout + ended.stderr

    def start(self, *, scaled: bool = False) -> None:
        """Start a process that has the database open."""
        url = "SCALED" if scaled else "ROLLCALL_DATABASE_URL"
        self.rollcall.environment["ROLLCALL_DATABASE_URL"] = self._environment[url]
        before = self.rollcall.log.read_text() if self.rollcall.log.exists() else ""
        self.rollcall.start("relay")
        eventually(
            lambda: "relay started" in self.rollcall.log.read_text()[len(before) :], timeout=60
        )


def forget(url: str) -> None:
    """Lose a database, as by a broken disk; its files, or all that is in it."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
    else:
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")


def register(url: str, serial: str) -> None:
    with closing(Database(url)) as database:
        acting.register(database, serial)


def registered(url: str) -> list[str]:
    with closing(Database(url)) as database, database.reading() as session:
        return sorted(session.scalars(select(Registration.serial)))


@pytest.fixture
def admin(tmp_path: Path, repo_folder: Path, install: Install) -> Iterator[Admin]:
    """An admin whose installation runs, on SQLite, with one Mac registered."""
    with install(tmp_path, repo_folder, NOBODY) as rollcall:
        register(rollcall.environment["ROLLCALL_DATABASE_URL"], "C02AAA")
        admin = Admin(rollcall, tmp_path)
        admin.start()
        yield admin


def block(beginning: str) -> str:
    """The block of the page that begins so."""
    [found] = [each for each in BLOCKS if each.startswith(beginning)]
    return str(found)


TAKEN = "(umask 077; docker compose exec -T rollcall"
RESTORED = "docker compose stop\ndocker compose run --rm -T rollcall restore"
TRIED = "ROLLCALL_DATABASE_URL=sqlite:////tmp/drill"
TRIED_IN_A_CONTAINER = "docker compose run --rm -T -e"
RESTORED_WITHOUT_CONTAINERS = "./boot.sh restore"
MOVED = "docker compose stop\n(umask 077; docker compose run --rm -T rollcall backup"
TAKEN_SCALED = "(umask 077; docker compose -f compose.scale.yaml exec"
RESTORED_SCALED = "docker compose -f compose.scale.yaml stop server relay"
MOVED_BACK = "docker compose -f compose.scale.yaml stop server bot"


def test_every_block_of_the_page_is_typed_below() -> None:
    typed = [TAKEN, RESTORED, TRIED, TRIED_IN_A_CONTAINER, RESTORED_WITHOUT_CONTAINERS]
    typed += [MOVED, TAKEN_SCALED, RESTORED_SCALED, MOVED_BACK]

    assert sorted(map(block, typed)) == sorted(BLOCKS)


@soak_only(STARTS)
def test_a_backup_is_taken_and_restored_by_the_lines_of_the_page(admin: Admin) -> None:
    """The lines for Compose and SQLite, with a database that is lost between them."""
    on_sqlite(admin, block(TAKEN))
    refused = admin.types(block(RESTORED).splitlines()[1])
    assert "The database is in use by: relay on " in refused.stderr
    on_sqlite(admin, block(RESTORED), lose=True)


def on_sqlite(admin: Admin, lines: str, **loss: bool) -> None:
    """Type lines; the Mac is in the database then, and is said to have been in the backup."""
    assert "1 registration (" in admin.follows(lines, **loss)
    assert registered(admin.rollcall.environment["ROLLCALL_DATABASE_URL"]) == ["C02AAA"]


@soak_only(STARTS)
def test_the_other_lines_for_sqlite_do_what_they_say(admin: Admin) -> None:
    """One installation goes through all of them, and loses its database at the end."""
    on_sqlite(admin, re.findall(r"^    (\./boot\.sh backup .*)$", PAGE, re.MULTILINE)[0])
    on_sqlite(admin, block(TAKEN))
    (admin.folder / "backups").mkdir()
    on_sqlite(admin, CRON.split(maxsplit=5)[5].replace("/opt/rollcall", ".").replace("\\%", "%"))
    assert len(list((admin.folder / "backups").glob("20*.backup"))) == 1
    on_sqlite(admin, block(TRIED))
    forget(f"sqlite:///{admin.folder}/drill.sqlite3")  # a container has a /tmp of its own
    on_sqlite(admin, block(TRIED_IN_A_CONTAINER))
    admin.rollcall.stop()
    forget(admin.rollcall.environment["ROLLCALL_DATABASE_URL"])
    on_sqlite(admin, block(RESTORED_WITHOUT_CONTAINERS))


@soak_only(STARTS)
def test_the_lines_for_postgresql_do_what_they_say(admin: Admin, own_postgresql_url: str) -> None:
    """The installation moves there, loses that database, too, and moves back."""
    sqlite_url = admin.rollcall.environment["ROLLCALL_DATABASE_URL"]
    forget(own_postgresql_url)
    admin.has(scaled=own_postgresql_url)
    admin.follows(block(MOVED))
    assert registered(own_postgresql_url) == ["C02AAA"]
    register(own_postgresql_url, "C02BBB")
    assert "Backed up 2" in admin.follows(block(TAKEN_SCALED))
    refused = admin.types(block(RESTORED_SCALED).splitlines()[1])
    assert "The database is in use by: relay on 127.0.0.1" in refused.stderr
    said = admin.follows(block(RESTORED_SCALED), lose=True)
    assert "Restored 2 registrations" in said
    assert "Compared with the manifests: 0 to look at" in said
    assert registered(own_postgresql_url) == ["C02AAA", "C02BBB"]
    assert registered(sqlite_url) == ["C02AAA"]
    admin.follows(block(MOVED_BACK))
    assert registered(sqlite_url) == ["C02AAA", "C02BBB"]
