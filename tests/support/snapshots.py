"""Comparison of a text that comes from the code with the file that keeps it."""

import difflib
from pathlib import Path


def check(file: Path, now: str, module: str) -> None:
    """Assert that a file holds the text of now, which `python -m MODULE` writes."""
    kept = file.read_text("utf-8").splitlines()
    changes = "\n".join(
        difflib.unified_diff(kept, now.splitlines(), file.name, "the code", lineterm="", n=0)
    )
    assert not changes, (
        f"{changes}\n\nOthers will notice this. If it is meant, write the file with "
        f"`python -m {module}`, and say it in CHANGELOG.md."
    )
