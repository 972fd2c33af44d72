"""Imports in progress while Rollcall is upgraded: they come up, and can be corrected or end."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import NEW, NOWHERE
from provisioning.imports.models import DROPPED, READ, Import, ImportRow
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex

BEFORE = "0014"  # the schema before rows of imports could be corrected
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = datetime(2027, 3, 2, 12, 0, tzinfo=UTC)
ENTRY = {"build": "design", "note": "", "where": "", "doubt": None, "name": None}
READING = {
    "entries": [
        {"serial": "C02XG0FDJGH5", "site": "london", **ENTRY},
        {"serial": "C02YK1QWLVDN", "site": "London HQ", **ENTRY},
    ],
    "rejected": [{"text": "C02?", "where": "line 3", "reason": "holds a question mark"}],
}
IMPORTED = text(
    "INSERT INTO imports (id, by, via, state, note, sources, done, reading, shown, created_at)"
    " VALUES (1, 'U0ALICE', 'file', 'read', '', '[]', 0, :reading, '{}', '2026-03-02 12:00:00')"
)


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the earlier schema, with an import that waits for an approval, brought up."""
    file = tmp_path_factory.mktemp("upgraded") / "old.sqlite3"
    with closing(Database(f"sqlite:///{file}")) as database:
        with database.begin() as session:
            migrations.bring_to(session.connection(), BEFORE)
            session.execute(IMPORTED, {"reading": json.dumps(READING)})
        migrations.upgrade(database)
    return file


@pytest.fixture
def old_database(upgraded: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it."""
    shutil.copy(upgraded, tmp_path)
    with closing(Database(f"sqlite:///{tmp_path}/old.sqlite3")) as database:
        yield database


def kinds(session: Session, repo: MunkiRepo) -> dict[str, str]:
    """The kinds of the rows that wait, by their serials."""
    imported = lifecycle.opened(session, 1)
    dry_run = lifecycle.classify(session, imported, DestinationIndex(repo.now()))
    return {row.entry.serial.text: row.kind for row in dry_run.rows}


def test_an_import_of_before_the_upgrade_is_read_and_corrected(
    old_database: Database, repo: MunkiRepo
) -> None:
    with old_database.begin() as session:
        assert kinds(session, repo) == {"C02XG0FDJGH5": NEW, "C02YK1QWLVDN": NOWHERE}
        session.add(
            ImportRow(import_id=1, number=1, version=1, site="paris", by="U0ALICE", at=NOON)
        )

    with old_database.begin() as session:
        assert kinds(session, repo) == {"C02XG0FDJGH5": NEW, "C02YK1QWLVDN": NEW}


def test_an_import_of_before_the_upgrade_does_not_end_without_a_word_as_one_of_now_does(
    old_database: Database,
) -> None:
    """Its message says no end, so that it has none."""
    with old_database.begin() as session:
        lifecycle.end_abandoned(session, LATER)
        assert session.get_one(Import, 1).state == READ

    with old_database.begin() as session:
        session.get_one(Import, 1).ends_at = NOON + lifecycle.OPEN_FOR
        lifecycle.end_abandoned(session, NOON)
        assert session.get_one(Import, 1).state == READ

    with old_database.begin() as session:
        lifecycle.end_abandoned(session, NOON + lifecycle.OPEN_FOR)

    with old_database.reading() as session:
        ended = session.get_one(Import, 1)
        assert (ended.state, ended.settled_by) == (DROPPED, None)
