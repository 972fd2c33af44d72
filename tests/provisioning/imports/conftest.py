"""Fixtures of imports that people edit."""

import pytest

from infrastructure.database.engine import Database
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected
from provisioning.munki import MunkiRepo
from tests.provisioning.imports.editing import Begin, Editor


@pytest.fixture
def begin(database: Database, repo: MunkiRepo) -> Begin:
    """Submit Macs; returns the import, as a person edits it."""

    def submit(*entries: Entry, rejected: tuple[Rejected, ...] = ()) -> Editor:
        return Editor(database, repo, ParseResult(entries, rejected))

    return submit
