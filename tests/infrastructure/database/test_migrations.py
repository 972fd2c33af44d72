"""Migrations of the schema: the rows of a database stay in it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from infrastructure.database import migrations, schema_version
from infrastructure.database.engine import Database
from infrastructure.database.schema_version import REVISION
from provisioning.outbox.models import Card, Notification
from provisioning.registrations.models import Event, Registration

AT = "'2026-03-02 12:00:00'"
OLD = f"""
INSERT INTO cards (id, key, channel, site, build, registered_by, note, created_at)
VALUES (1, 'k', 'C0', 'london', 'design', 'U0ALICE', '', {AT});
INSERT INTO registrations (id, serial, site, build, state, registered_by, channel, card_id,
  revision, created_at, changed_at)
VALUES (1, 'C02AAA', 'london', 'design', 'waiting', 'U0ALICE', 'C0', 1, 1, {AT}, {AT});
INSERT INTO events (registration_id, what, by, at) VALUES (1, 'registered', 'U0ALICE', {AT});
INSERT INTO notifications (key, channel, kind, card_id, facts, occurred_at)
VALUES ('n', 'C0', 'card', 1, '{{}}', {AT})
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    if request.param == "postgresql":
        cluster = str(request.getfixturevalue("postgresql"))
        url = f"{cluster}/empty_{uuid4().hex}"
        with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {url.rsplit('/', 1)[1]}")
    database = Database(url)
    yield database
    database.close()


def test_a_database_of_another_version_is_left_alone(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        with database.begin() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        with pytest.raises(migrations.UnknownSchema, match="of another version"):
            migrations.upgrade(database)

        with database.begin() as session:
            assert schema_version.current(session) == "9999"
            session.execute(text(f"UPDATE alembic_version SET version_num = '{REVISION}'"))


def test_a_database_of_the_first_release_keeps_its_registrations(empty_database: Database) -> None:
    with empty_database.begin() as session:
        config = Config()
        config.set_main_option("script_location", str(migrations.FOLDER))
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0001")
        for statement in OLD.split(";"):
            session.execute(text(statement))

    migrations.upgrade(empty_database)

    with empty_database.reading() as session:
        assert schema_version.current(session) == schema_version.REVISION
        assert session.scalars(select(Registration)).one().serial == "C02AAA"
        assert session.scalars(select(Card)).one().kind == "batch"
        assert session.scalars(select(Event)).one().act_id is None
        assert session.scalars(select(Notification)).one().due_at is None
