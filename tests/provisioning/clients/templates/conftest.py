"""Fixtures of templates of an admin's own."""

from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from tests.provisioning.clients.templates.serving import Server, Templates


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    """An admin's own templates: none yet."""
    (tmp_path / "templates").mkdir()
    return Templates(tmp_path / "templates")


@pytest.fixture
def server(database: Database, repo: MunkiRepo, templates: Templates) -> Server:
    """A server that serves them."""
    return Server(database, repo, templates.folder)
