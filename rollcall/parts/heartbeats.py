"""The heartbeats of this installation: their folder, and the parts that it has to run."""

import os
from collections.abc import Sequence
from pathlib import Path

from infrastructure.heartbeats import files
from rollcall import secret_files


def folder() -> Path:
    """Return the folder. Settings are not read: a probe starts every few seconds."""
    url = secret_files.value("ROLLCALL_DATABASE_URL") or ""
    return files.folder_of(url, os.environ.get("TMPDIR") or "/tmp")  # noqa: S108 - Python's


def expected_parts() -> Sequence[str]:
    """Return the parts that this installation has to run beside the server."""
    return (
        *("relay", "jobs"),
        *(("bot",) if secret_files.is_set("SLACK_APP_TOKEN") else ()),
        *(("live",) if os.environ.get("ROLLCALL_URL") else ()),
    )
