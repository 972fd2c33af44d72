"""Two servers under load, upgraded one after the other to a made-up next release, and back."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from infrastructure.database.schema.versions import REVISION
from tests.journeys.operations.calls import post
from tests.support.databases import postgres
from tests.support.inputs.samples import sample_repo
from tests.support.installation import ROOT, Installation
from tests.support.soaking import soak_only

pytestmark = soak_only("four servers are started one after the other")

NEXT = f"{int(REVISION) + 1:04}"
PROGRAM = ("infrastructure", "provisioning", "bot", "server", "rollcall", "templates", "migrations")
MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{NEXT}", "{REVISION}", None, None
oldest = "{REVISION}"


def upgrade():
    op.add_column("registrations", sa.Column("colour", sa.Text(), nullable=True))
    op.create_table("made_up", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("made_up")
    op.drop_column("registrations", "colour")
"""
SLACK = "http://127.0.0.1:9/api/"  # is never asked


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """The program with a migration more, with which today's code works."""
    root = tmp_path / "next"
    for name in PROGRAM:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "boot.sh", root)
    (root / ".venv").symlink_to((ROOT / ".venv").resolve())
    versions = root / "infrastructure/database/schema/versions.py"
    text = versions.read_text()
    versions.write_text(text.replace(f'REVISION = "{REVISION}"', f'REVISION = "{NEXT}"'))
    (root / f"migrations/versions/{NEXT}_made_up.py").write_text(MIGRATION)
    return root


class Proxy:
    """Macs that call again and again, each time one of the servers that a proxy has behind it."""

    def __init__(self) -> None:
        self.servers: list[Installation] = []
        self.answers: list[int] = []  # 0 for none
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(n,)) for n in range(4)]

    def __enter__(self) -> "Proxy":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _call(self, number: int) -> None:
        called = 0
        while not self._ended.is_set():
            called += 1
            server = self.servers[called % len(self.servers)]
            self.answers.append(post(server.url, f"C02LOAD{number}{called:04}"))

    def take_in(self, server: Installation) -> None:
        """Send calls to a server too, once it is ready."""
        server.start("server")
        server.wait_until_ready()
        self.servers = [*self.servers, server]

    def take_out(self, server: Installation) -> None:
        """Send no more calls to a server, and stop it when it has answered all."""
        self.servers = [each for each in self.servers if each is not server]
        time.sleep(1)  # a call may have been on its way to it
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/rollcall.sqlite3"
        return
    with postgres.copied(str(request.getfixturevalue("postgresql"))) as url:
        yield url


def test_no_call_is_lost_while_servers_are_upgraded_and_taken_back(
    tmp_path: Path, migrated_sqlite: Path, next_release: Path, database_url: str
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "rollcall.sqlite3")
    repo = sample_repo(tmp_path / "munki_repo")

    def server(name: str, root: Path) -> Installation:
        folder = tmp_path / name
        folder.mkdir()
        few = {"ROLLCALL_WORKERS": "1"}
        return Installation(folder, repo, SLACK, database_url=database_url, settings=few, root=root)

    with ExitStack() as stack:
        old = [stack.enter_context(server(f"old{number}", ROOT)) for number in range(2)]
        new = [stack.enter_context(server(f"new{number}", next_release)) for number in range(2)]
        for each in old:
            each.start("server")
            each.wait_until_ready()
        proxy = Proxy()
        proxy.servers = list(old)
        with proxy:
            assert f"The database is at {NEXT}" in new[0].run("migrate").stdout
            for each in old:
                assert requests.get(f"{each.url}/readyz", timeout=10).status_code == 200
            for before, after in zip(old, new, strict=True):
                proxy.take_in(after)
                proxy.take_out(before)
            assert "which works with it" in old[0].run("migrate").stdout
            early = new[0].run("migrate", "--to", REVISION)
            assert f"(of schema {NEXT})" in early.stderr, early.stdout
            for before, after in zip(new, old, strict=True):
                proxy.take_in(after)
                proxy.take_out(before)
            back = new[0].run("migrate", "--to", REVISION)
            assert back.returncode == 0, back.stderr
            time.sleep(1)
            assert old[0].run("migrate", "--check").returncode == 0
        assert {*proxy.answers} == {200}
        assert len(proxy.answers) > 100
