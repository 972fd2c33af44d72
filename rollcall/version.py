"""The version of Rollcall that runs."""

import os
import subprocess
from functools import cache
from pathlib import Path

UNKNOWN = "0.0.0"  # of a copy that is neither an image nor a checkout
_TIMEOUT = 5.0  # seconds; git answers within milliseconds
_TAG = ("describe", "--tags", "--exact-match", "--match=v[0-9]*")
_COMMIT = ("rev-parse", "--short=12", "HEAD")


@cache
def current() -> str:
    """Return the version, such as `1.2.3`, or `0.0.0+1f0c2d3e4b5a` of a commit without a tag.

    An image says it as ROLLCALL_VERSION, a checkout by its tags.
    """
    if built := os.environ.get("ROLLCALL_VERSION"):
        return built
    if tag := _git(*_TAG):
        return tag.removeprefix("v")
    commit = _git(*_COMMIT)
    return f"{UNKNOWN}+{commit}" if commit else UNKNOWN


def _git(*arguments: str) -> str:
    """Return git's description of this checkout; empty where there is no git, or no repository."""
    folder = Path(__file__).parents[1]
    if not (folder / ".git").exists():  # a folder above may be another repository
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - nothing of it comes from outside
            # Also in a checkout of root's, for a service with a user of its own.
            ["git", "-c", f"safe.directory={folder}", "-C", folder, *arguments],  # noqa: S607 - the git of PATH
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    print(current())  # noqa: T201 - for the Makefile
