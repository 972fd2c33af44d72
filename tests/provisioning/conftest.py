"""Fixtures of a Munki repo in git."""

from pathlib import Path

import pytest

from tests.fakes.git.remote import Remote
from tests.support.installing.packages import program


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A git remote with the sample repo in it."""
    return Remote(tmp_path / "git")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The path for a server's clone, which git is to make."""
    program("git")
    return tmp_path / "copy"
