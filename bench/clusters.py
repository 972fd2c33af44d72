"""The tests' PostgreSQL, made as durable as a production one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import postgres

# The tests switch fsync off; of two options of the same name the last one counts.
POSTGRES = """#!/bin/sh
exec '{real}' "$@" -c fsync=on
"""


@contextmanager
def durable(programs: Path, folder: Path) -> Iterator[str]:
    """Run a PostgreSQL that keeps what it promised; yields its URL without a database's name."""
    folder.mkdir()
    (folder / "initdb").symlink_to(programs / "initdb")
    wrapper = folder / "postgres"
    wrapper.write_text(POSTGRES.format(real=programs / "postgres"))
    wrapper.chmod(0o755)
    with postgres.cluster(folder) as url:
        yield url
