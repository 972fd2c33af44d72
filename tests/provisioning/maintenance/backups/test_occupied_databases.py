"""Databases that are in use, newer or not empty, and a restore into them."""

import io
from contextlib import closing
from threading import Timer

import psycopg
import pytest
from sqlalchemy import select, text

from infrastructure.database.engine import Database
from infrastructure.database.schema.versions import REVISION
from infrastructure.database.sqlite.occupants import DatabaseInUse
from provisioning.access.models import API, Credential
from provisioning.maintenance import backups
from provisioning.maintenance.backups.targets import NewerDatabase, Occupied, emptied
from provisioning.registrations.models import Counter
from tests.support.acting import register
from tests.support.databases.pooler import pooled
from tests.support.fixtures.doors import NOON


@pytest.mark.postgresql(instead=True)
def test_registrations_are_replaced_only_where_that_is_said(
    database: Database, database_url: str, backup: bytes
) -> None:
    register(database, "C02AAA", "C02BBB")
    with database.begin() as session:
        session.add(Credential(opens=API, digest="d", made_at=NOON))
    database.close()
    with pytest.raises(Occupied, match=r"2 registrations and 1 key would go\..*say --replace"):
        backups.restore(database_url, io.BytesIO(backup), replace=False)

    assert backups.restore(database_url, io.BytesIO(backup), replace=True).counts["cards"] == 3


@pytest.mark.postgresql(instead=True)
def test_a_database_that_a_server_uses_is_not_restored_and_the_server_is_named(
    database: Database, database_url: str, backup: bytes
) -> None:
    database.close()
    with closing(Database(database_url, "server")) as at_work, at_work.reading() as session:
        session.scalar(select(Counter.pattern))
        with pytest.raises(DatabaseInUse, match=r"in use by: server on "):
            backups.restore(database_url, io.BytesIO(backup), replace=True)


def test_behind_a_pooler_it_is_said_that_sessions_stay_of_parts_that_ended(
    own_postgresql_url: str, backup: bytes
) -> None:
    """PgBouncer keeps them for ten minutes, by the name of the part that had each last."""
    with closing(Database(own_postgresql_url, "server")) as kept, kept.reading() as session:
        session.scalar(select(Counter.pattern))
        with (
            pooled(own_postgresql_url) as url,
            pytest.raises(DatabaseInUse, match=r"in use by: server on .* restart it, or have "),
        ):
            backups.restore(url, io.BytesIO(backup), replace=True)


def test_a_restore_behind_a_pooler_leaves_no_prepared_statement_to_the_next_one(
    own_postgresql_url: str, backup: bytes
) -> None:
    with pooled(own_postgresql_url) as url, emptied(url, REVISION, replace=False) as target:
        for _ in range(6):  # after which the driver prepares it, where it may
            target.connection.execute(select(Counter.pattern))
        left = text("SELECT count(*) FROM pg_prepared_statements")
        assert target.connection.scalar(left) == 0


def test_a_database_of_a_newer_rollcall_has_to_be_emptied_first(
    own_postgresql_url: str, backup: bytes
) -> None:
    """Its tables would stay, and the next upgrade could not make them."""
    with psycopg.connect(own_postgresql_url) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9001'")
        newer.execute("CREATE TABLE of_9001 (id integer)")

    with pytest.raises(NewerDatabase, match=r"is at 9001, .*Empty the database first"):
        backups.restore(own_postgresql_url, io.BytesIO(backup), replace=True)

    with psycopg.connect(own_postgresql_url) as emptied_by_its_admin:
        emptied_by_its_admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    backups.restore(own_postgresql_url, io.BytesIO(backup), replace=False)


def test_a_server_that_is_just_ending_is_waited_for_by_postgresql(own_postgresql_url: str) -> None:
    ending = Database(own_postgresql_url, "server")
    with ending.reading() as session:
        session.scalar(select(Counter.pattern))
    end = Timer(0.3, ending.close)
    end.start()

    with emptied(own_postgresql_url, REVISION, replace=False) as target:
        assert target.connection.scalar(select(Counter.pattern)) is None
    end.join()
