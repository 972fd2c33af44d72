"""Contenders as real processes: Rollcall, the app that it replaces, and an empty one."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from provisioning.munki import Destination
from provisioning.munki.layout import DEFAULT, Layout
from provisioning.registrations import register, serial_index
from provisioning.registrations.models import CONFIRMED, Registration
from tests.fakes.slack import Workspace
from tests.support.acting import did
from tests.support.databases.postgres import free_port
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL, PASSWORD, ROOT, USERNAME, Installation
from tests.support.waiting import eventually
from tools.bench.harness.serials import registered

NOWHERE = "http://127.0.0.1:9/api/"  # nothing is sent to Slack where no relay runs
BY = "U0BENCH"
LONDON = Destination("london", "design")
CHUNK = 1_000  # serials registered in one batch


@contextmanager
def rollcall(
    folder: Path,
    *roles: str,
    api_url: str = NOWHERE,
    macs: int = 0,
    waiting: int | None = None,
    settings: Mapping[str, str] | None = None,
    layout: Layout = DEFAULT,
) -> Iterator[Installation]:
    """Rollcall as its production deployment starts it, with so many Macs registered.

    Only the last `waiting` of them still wait, where it is given: the others were confirmed. It
    runs the server, and the other `roles` that are named. The settings name a policy file of
    another `layout`.
    """
    repo = sample_repo(folder / "munki_repo")
    with Installation(folder, repo, api_url, settings=settings) as installation:
        installation.run("migrate").check_returncode()
        with database(installation) as opened:
            _register(opened, macs, layout)
            if waiting is not None:
                _confirm(opened, macs - waiting)
        installation.start("server", *roles)
        installation.wait_until_ready()
        yield installation


@contextmanager
def rollcall_in_slack(
    folder: Path,
    *roles: str,
    macs: int = 0,
    waiting: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[tuple[Installation, Workspace]]:
    """Rollcall, its relay and other `roles` in a stand-in Slack, which speaks HTTP to it."""
    with Workspace() as slack:
        slack.add_channel(CHANNEL, name="imaging")
        both = {"SLACK_SIGNING_SECRET": slack.app.signing_secret, **(settings or {})}
        with rollcall(
            folder,
            "relay",
            *roles,
            api_url=slack.api_url,
            macs=macs,
            waiting=waiting,
            settings=both,
        ) as installation:
            slack.connect_http(f"{installation.url}/slack/events")
            yield installation, slack


@contextmanager
def replaced(folder: Path) -> Iterator[str]:
    """The replaced app as it was deployed: gunicorn with 2 sync workers. Yields its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "BOOTSTRAP_URL": url,
        "BOOTSTRAP_USERNAME": USERNAME,
        "BOOTSTRAP_PASSWORD": PASSWORD,
        "MUNKI_REPO": str(sample_repo(folder / "munki_repo")),
    }
    command = ["gunicorn", "--workers=2", "--worker-class=sync", f"--bind=127.0.0.1:{port}"]
    with _running([*command, "tools.bench.contenders.replaced_app:app"], url, folder, environment):
        yield url


@contextmanager
def empty(folder: Path) -> Iterator[str]:
    """An empty Flask route under our own server, with our own defaults. Yields its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with _running(["tools.bench.contenders.empty_app", str(port)], url, folder):
        yield url


def database(installation: Installation) -> AbstractContextManager[Database]:
    """The database of an installation, opened, and closed at the end."""
    return closing(Database(installation.environment["ROLLCALL_DATABASE_URL"]))


@contextmanager
def migrated(url: str) -> Iterator[Database]:
    """A new database at a URL, with all tables; closed at the end."""
    with closing(Database(url)) as database:
        migrations.upgrade(database)
        yield database


def _register(database: Database, macs: int, layout: Layout) -> None:
    for first in range(0, macs, CHUNK):
        wanted = registered(first, min(first + CHUNK, macs))
        with database.begin() as session:
            register.register(
                session,
                wanted,
                Destination(LONDON.site, LONDON.build, layout),
                operation=did(session, "registered", by=BY),
                channel=CHANNEL,
            )


def _confirm(database: Database, macs: int) -> None:
    """Have the first so many Macs confirmed, and all in the index, as they are after years."""
    done = update(Registration).where(Registration.id <= macs)
    with database.begin() as session:
        session.execute(
            done.values(state=CONFIRMED, confirmed_at=Registration.created_at),
            execution_options={"synchronize_session": False},
        )
    later, added = datetime.now(UTC) + serial_index.MAX_DELAY, 1
    while added:
        with database.begin() as session:
            added = serial_index.follow(session, later)


@contextmanager
def _running(
    command: list[str], url: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a module of this Python until the end; begin once it answers at `url`."""
    folder.mkdir(exist_ok=True)
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - the commands above
            [sys.executable, "-m", *command],
            env={"PATH": os.environ["PATH"], **(environment or {})},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            eventually(lambda: _answers(url))
            yield
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - on loopback
    except urllib.error.HTTPError:
        return True  # it wants a password
    except OSError:
        return False
    return True
