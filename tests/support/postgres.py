"""A PostgreSQL of the tests' own: made in a temporary folder, gone with them."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

NOBODY = 65534  # the cluster's owner where the tests run as root, which PostgreSQL refuses


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where there is no PostgreSQL."""
    initdb = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if initdb is not None:
        return Path(initdb).resolve().parent
    return found[-1].parent if found else None


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """Run a PostgreSQL that listens on loopback; yields its URL without a database's name."""
    with tempfile.TemporaryDirectory(prefix="rollcall-pg") as folder:
        data = Path(folder, "data")
        data.mkdir()
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.chown(data, NOBODY, NOBODY)
        port = free_port()
        _run([bin_folder / "initdb", "-D", data, "-U", "rollcall", "-A", "trust", "-E", "UTF8"])
        options = [f"-cport={port}", "-clisten_addresses=127.0.0.1", "-cmax_connections=200"]
        options += [f"-cunix_socket_directories={folder}", "-cfsync=off"]
        options += ["-cautovacuum=off"]  # no table lives long enough
        command: list[str | Path] = [*_unprivileged(), bin_folder / "postgres", "-D", data]
        command += options
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as pg:
            try:
                url = f"postgresql://rollcall@127.0.0.1:{port}"
                _wait_for(url)
                yield url
            finally:
                pg.send_signal(signal.SIGINT)  # does not wait for clients


@contextmanager
def copied(url: str) -> Iterator[str]:
    """Copy the cluster's database `migrated`; yields the URL of the copy, and drops it."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        yield f"{url}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _unprivileged() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run([*_unprivileged(), *command], check=True, capture_output=True, cwd="/")


def _wait_for(url: str) -> None:
    for _ in range(400):
        try:
            psycopg.connect(f"{url}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("PostgreSQL did not start")
