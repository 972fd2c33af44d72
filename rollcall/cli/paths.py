"""Paths as people type them."""

import os
from pathlib import Path


def called_path(file: str) -> Path:
    """Return a file as it was named where boot.sh was called, which changes to its own folder."""
    return Path(os.environ.get("CALLED_FROM", ""), file)
