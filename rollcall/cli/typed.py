"""Values as people type them: files and ids."""

import os
from pathlib import Path

import click

ID = click.IntRange(0, 2**31 - 1)  # no database has a larger one


def called_path(file: str) -> Path:
    """Return a file as it was named where boot.sh was called, which changes to its own folder."""
    return Path(os.environ.get("CALLED_FROM", ""), file)
