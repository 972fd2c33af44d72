"""A PostgreSQL that goes away in the middle of a call."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import select
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.outbox.models import Notification
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door
from tests.support.running.settings import server_settings

LEAVE = """
CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
"""


@contextmanager
def leaving(url: str, table: str) -> Iterator[None]:
    """A database that ends the connection of whoever writes into a table."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(LEAVE)
        connection.execute(
            f"CREATE TRIGGER leave BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION leave()"
        )
        yield
        connection.execute("DROP FUNCTION leave CASCADE")


def test_a_mac_is_told_to_come_again_and_is_served_then(
    own_postgresql_url: str, repo_folder: Path
) -> None:
    """Whichever statement it is that fails, and though nothing can be rolled back any more."""
    with closing(Database(own_postgresql_url)) as database:
        script = Script(machines_door(server_settings(repo_folder), database).test_client())
        for number, table in enumerate(("registrations", "events", "revisions", "notifications")):
            mac = {"serial": f"C02LOST{number}", "site": "london", "build": "design"}
            with leaving(own_postgresql_url, table), capture_logs() as lines:
                lost = script.manifest(**mac)
            again = script.manifest(**mac)

            assert (lost.status_code, again.status_code) == (503, 200), (table, lost.text)
            assert lost.headers["Retry-After"]
            assert not [line for line in lines if "exc_info" in line], table


def test_a_fact_is_answered_though_the_channel_cannot_be_told_and_hears_it_the_next_time(
    own_postgresql_url: str, repo_folder: Path
) -> None:
    with closing(Database(own_postgresql_url)) as database:
        script = Script(machines_door(server_settings(repo_folder), database).test_client())
        mac = {"serial": "C02LOST1", "site": "lundon", "build": "design"}
        with leaving(own_postgresql_url, "notifications"), capture_logs() as lines:
            untold = script.manifest(**mac)
        told = script.manifest(**mac)

        assert (untold.status_code, untold.text) == (told.status_code, told.text)
        assert told.status_code == 404
        assert not [line for line in lines if "exc_info" in line]
        with database.reading() as session:
            assert len(session.scalars(select(Notification)).all()) == 1
