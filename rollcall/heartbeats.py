"""The heartbeats of this installation: their folder, and the parts that it wants."""

import os
from collections.abc import Sequence
from pathlib import Path

from infrastructure.heartbeats import files


def folder() -> Path:
    """Return it. Settings are not read: a probe starts every few seconds."""
    return files.folder_of(os.environ.get("ROLLCALL_DATABASE_URL", ""))


def wanted() -> Sequence[str]:
    """Return the parts that are missing where no process does them, besides the server."""
    return ("relay", "jobs", *(("bot",) if os.environ.get("SLACK_APP_TOKEN") else ()))
