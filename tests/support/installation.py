"""Rollcall as an admin runs it: real processes with settings of their own."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Self

from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.heartbeats import files
from provisioning.outbox.models import CONFIRMATION, Channel, Notification
from tests.fakes.mac import Mac
from tests.support.databases.postgres import free_port
from tests.support.installing import packages

ROOT = Path(__file__).parent.parent.parent
CHANNEL = "C0IMAGING"
USERNAME, PASSWORD = "imaging", "correct-horse-battery-staple"
# Runs the command behind the path of a folder with that folder read-only, for it alone.
_MOUNTING = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
READING = ("unshare", "--mount", "sh", "-c", _MOUNTING)
SECRET_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


class Installation:
    """Rollcall's processes in `folder`, with Slack at `api_url` and the Munki repo `repo`.

    The repo is mounted read-only for the roles `readers`, which takes a machine that can. `root` is
    the folder of the program.
    """

    def __init__(
        self,
        folder: Path,
        repo: Path,
        api_url: str,
        *,
        database_url: str | None = None,
        settings: Mapping[str, str] | None = None,
        readers: Collection[str] = (),
        root: Path = ROOT,
    ) -> None:
        self._root = root
        self.port = free_port()
        self._readers = readers
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "rollcall.log"
        self.repo = repo
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": gettempdir(),  # where heartbeats are, for who probes them in this process
            "CONTEXT": "PROD",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # it counts from the start, and has no clock set
            "BOOTSTRAP_URL": self.url,
            "BOOTSTRAP_USERNAME": USERNAME,
            "BOOTSTRAP_PASSWORD": PASSWORD,
            "MUNKI_REPO": str(repo),
            "PORT": str(self.port),
            "ROLLCALL_CHANNEL": CHANNEL,
            "ROLLCALL_DATABASE_URL": database_url or f"sqlite:///{folder}/rollcall.sqlite3",
            "ROLLCALL_SECRET_KEY": SECRET_KEY,
            "SLACK_API_URL": api_url,
            "SLACK_BOT_TOKEN": "xoxb-stand-in",
            **(settings or {}),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._bury()

    def _bury(self) -> None:
        """Remove the heartbeats of what was killed: a later run may have the same folder."""
        folder = files.folder_of(self.environment["ROLLCALL_DATABASE_URL"])
        for part in files.PARTS:
            files.remove_dead(folder, part)
        with suppress(OSError):  # another installation beats there, or none did
            folder.rmdir()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `boot.sh` to its end."""
        return subprocess.run(
            [self._root / "boot.sh", *arguments],
            env=self.environment,
            cwd=self._root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, *roles: str, clock: str | None = None, most_files: int | None = None) -> None:
        """Start `boot.sh` once for each role; with none, once without an argument.

        Their clock is off by `clock` (`+91h`, `-10m`), where given: that takes `faketime`. Each
        process may have `most_files` files open, where that is said.
        """
        changed = ["prlimit", f"--nofile={most_files}"] if most_files else []
        environment = self.environment | (_faked(clock) if clock else {})
        for role in roles or ("",):
            mounted = [*READING, str(self.repo)] if role in self._readers else []
            command = [*mounted, *changed, str(self._root / "boot.sh"), *([role] if role else [])]
            with self.log.open("ab") as log:
                self._processes[role] = subprocess.Popen(
                    command,
                    env=environment,
                    cwd=self._root,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def wait_until_ready(self, timeout: float = 60) -> None:
        """Wait for `/readyz`. Raises RuntimeError, with the log, where it does not come."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"Rollcall is not ready.\n{self.log.read_text()}")

    def stop(self, *roles: str) -> dict[str, int]:
        """Ask processes to end (all, where none is named) and return their exit codes.

        Raises RuntimeError, with the log, where one of them had to be ended by force.
        """
        ending = {role: self._processes.pop(role) for role in roles or tuple(self._processes)}
        for process in ending.values():
            process.send_signal(signal.SIGTERM)
        codes = {role: process.wait(timeout=40) for role, process in ending.items()}
        if self.log.exists() and "process did not end" in (log := self.log.read_text()):
            raise RuntimeError(f"A process of Rollcall did not end.\n{log}")
        return codes

    def kill(self, role: str) -> None:
        """End a role, its workers included, without a word, as a power cut would."""
        process = self._processes.pop(role)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, role: str, *, timeout: float) -> int:
        """Wait until a role has ended by itself, and return its exit code."""
        return self._processes.pop(role).wait(timeout)

    def forget_leases(self) -> None:
        """Let the claims of relays that died run out now instead of in a minute."""
        database = Database(self.environment["ROLLCALL_DATABASE_URL"])
        with database.begin() as session:
            session.execute(update(Channel).values(leased_until=None))
        database.close()

    def owed_confirmations(self) -> list[str]:
        """The serials in the outbox's confirmations, pending or sent, once for each."""
        database = Database(self.environment["ROLLCALL_DATABASE_URL"])
        with database.reading() as session:
            rows = session.scalars(select(Notification).where(Notification.kind == CONFIRMATION))
            serials = sorted(row.facts["serial"] for row in rows)
        database.close()
        return serials

    def pid(self, role: str) -> int:
        """The process id of a role."""
        return self._processes[role].pid

    def mac(self, serial: str) -> Mac:
        """A Mac that knows this server and its credentials."""
        return Mac(serial, self.url, username=USERNAME, password=PASSWORD)

    def manifest(self, name: str) -> Path:
        """The file of a Mac's manifest."""
        return self.repo / "manifests" / name


def can_mount(folder: Path) -> bool:
    """True where we may mount a folder read-only: as root, and not in each sandbox."""
    try:
        tried = subprocess.run(
            [*READING, str(folder), "true"], capture_output=True, timeout=10, check=False
        )
    except FileNotFoundError:
        return False
    return tried.returncode == 0


def _faked(clock: str) -> dict[str, str]:
    """The environment of a process whose clock is off by `clock`.

    `faketime` itself would stay between us and the process, and no signal of ours get through.
    """
    said = subprocess.run(
        [packages.program("faketime"), "-f", clock, "env", "--null"],
        capture_output=True,
        text=True,
        check=True,
    )
    variables = dict(each.split("=", 1) for each in said.stdout.split("\0") if each)
    return {name: variables[name] for name in ("FAKETIME", "LD_PRELOAD")}


Install = Callable[..., Installation]
