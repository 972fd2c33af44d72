"""Fixtures of imports that people edit, and of what happens meanwhile."""

from dataclasses import replace

import pytest

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.lifecycle import Submission
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.maintenance.acts.intake import Intake
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.serials import Serial
from tests.provisioning.imports.editing import Begin, Editor
from tests.provisioning.imports.overtaking import MINE, NOW, Meanwhile
from tests.support.fixtures.doors import NOON


@pytest.fixture
def begin(database: Database, repo: MunkiRepo) -> Begin:
    """Submit Macs; returns the import, as a person edits it."""

    def submit(*entries: Entry, rejected: tuple[Rejected, ...] = ()) -> Editor:
        return Editor(database, repo, ParseResult(entries, rejected))

    return submit


@pytest.fixture
def import_id(database: Database, repo: MunkiRepo) -> int:
    """A dry run with one Mac that names no place."""
    with database.begin() as session:
        result = ParseResult((Entry(Serial(MINE), None, None),))
        imported = lifecycle.keep(session, result, Submission("U0ALICE", "message", NOON))
        lifecycle.show(session, imported, DestinationIndex(repo.now()), at=NOON)
        return imported.id


@pytest.fixture
def meanwhile(database: Database) -> Meanwhile:
    return Meanwhile(database)


@pytest.fixture
def principal(meanwhile: Meanwhile) -> Principal:
    """A person who may do everything."""
    actor = Actor("U0ALICE", "board")
    return Principal(actor, NOW, meanwhile, lambda *_: None, lambda _: None)


@pytest.fixture
def intake(repo: MunkiRepo) -> Intake:
    return Intake(repo, lambda _: "C0IMAGING")


@pytest.fixture
def other(principal: Principal, database: Database) -> Principal:
    """The same person at another process, in which nothing happens meanwhile."""
    return replace(principal, database=database)
