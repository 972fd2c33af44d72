"""Migrations of the schema: the rows of a database stay in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from provisioning.firstboot.models import Bench
from provisioning.munki.layout import DEFAULT, Layout, PrefixForm, kept
from provisioning.outbox.models import Card, Notification
from provisioning.registrations.models import Event, Operation, Registration
from tests.infrastructure.database.schema.conftest import empty
from tests.support.soaking import in_soak

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FLAT = Layout(sites=PrefixForm("site_"))
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

REGISTERED = text(f"""
INSERT INTO registrations (id, serial, site, build, state, channel, revision, created_at,
  changed_at)
VALUES (:id, :serial, :site, 'design', 'confirmed', 'C0', 1, {AT}, {AT})
""")
HAPPENED = text(f"""
INSERT INTO events (registration_id, what, at, after) VALUES (:id, :what, {AT}, :after)
""")
MANY = 2100  # registrations: more than two pages of the migration
# A Mac that a pattern named, and the event to which an undo goes back; and one that was never so.
NAMED = f"""
INSERT INTO registrations (id, serial, site, build, state, registered_by, channel, revision,
  created_at, changed_at, computer_name, named_for)
VALUES (9001, 'C02AAA', 'uk', 'it/lab', 'waiting', 'U0ALICE', 'C0', 1, {AT}, {AT}, 'a',
    'uk/it/lab'),
  (9002, 'C02BBB', 'uk', 'it/lab', 'waiting', 'U0ALICE', 'C0', 1, {AT}, {AT}, 'b', NULL);
INSERT INTO events (registration_id, what, by, at, before, after)
VALUES (9001, 'named', NULL, {AT}, '{{"computer_name": null, "named_for": null}}',
    '{{"computer_name": "a", "named_for": "uk/it/lab"}}'),
  (9001, 'confirmed', NULL, {AT}, NULL, '{{"site": "uk", "build": "it/lab"}}')
"""


def upgrade_to(revision: str, session: Session) -> None:
    """Bring the database of a session to an earlier schema."""
    command.upgrade(config_for(session), revision)


def config_for(session: Session) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    config.attributes["connection"] = session.connection()
    return config


BEFORE_LAYOUTS = f"""
INSERT INTO acts (id, what, by, via, at) VALUES (1, 'benched', 'U0ALICE', 'command', {AT});
INSERT INTO benches (id, act_id, card_id, by, site, build, wanted, until, created_at)
VALUES (1, 1, 1, 'U0ALICE', 'london', 'design', 3, {AT}, {AT})
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database of the first release, in which one of before there were layouts wrote too."""
    with empty(request, tmp_path_factory.mktemp("old")) as database:
        for revision, rows in [("0001", OLD), ("0011", BEFORE_LAYOUTS)]:
            with database.begin() as session:
                migrations.bring_to(session.connection(), revision)
                for statement in rows.split(";"):
                    session.execute(text(statement))
        migrations.upgrade(database)
        yield database


def test_a_database_of_the_first_release_keeps_its_registrations(upgraded: Database) -> None:
    with upgraded.reading() as session:
        assert versions.current(session) == versions.REVISION
        assert session.scalars(select(Registration)).one().serial == "C02AAA"
        assert session.scalars(select(Card)).one().kind == "batch"
        assert session.scalars(select(Event)).one().act_id is None
        assert session.scalars(select(Notification)).one().due_at is None


def test_what_was_registered_before_there_were_layouts_is_of_the_default_one(
    upgraded: Database,
) -> None:
    with upgraded.begin() as session:
        assert session.scalars(select(Registration)).one().layout is None
        assert session.scalars(select(Bench)).one().layout is None
        assert session.scalars(select(Bench)).one().takes_named is False
        assert session.scalars(select(Operation)).one().facts is None
        assert kept.find(session, None) is DEFAULT
        assert kept.keep(session, FLAT, NOON) == FLAT.digest
        assert kept.keep(session, FLAT, NOON) == FLAT.digest  # which keeps it once
        assert kept.find(session, FLAT.digest) == FLAT


MOVED, WAITING, AGAIN, ODD = range(MANY + 1, MANY + 5)


@pytest.fixture(
    scope="module",
    params=[
        "postgresql",
        *in_soak("the migration makes no difference; PostgreSQL has a type for JSON", "sqlite"),
    ],
)
def after_0011(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database with many Macs, and two for whom names were made, after that migration."""
    with empty(request, tmp_path_factory.mktemp("before")) as database:
        with database.begin() as session:
            upgrade_to("0010", session)
            confirm_many(session)
            for statement in NAMED.replace(":", "\\:").split(";"):
                session.execute(text(statement))
            upgrade_to("0011", session)
        yield database


def confirm_many(session: Session) -> None:
    """Have Macs been confirmed, most of them once, and one moved since."""
    ids = range(1, ODD + 1)
    session.execute(REGISTERED, [{"id": n, "serial": f"C{n}", "site": "rome"} for n in ids])
    happened = [
        *((n, "confirmed", "oslo") for n in range(1, MANY + 1)),
        (MOVED, "confirmed", "london"),
        (MOVED, "moved", "paris"),
        (WAITING, "moved", "paris"),
        (AGAIN, "confirmed", "london"),
        (AGAIN, "confirmed", "leeds"),
    ]
    values = [
        {"id": n, "what": what, "after": f'{{"site": "{site}", "build": "design"}}'}
        for n, what, site in happened
    ]
    session.execute(HAPPENED, [*values, {"id": ODD, "what": "confirmed", "after": "null"}])


def test_what_a_mac_includes_is_what_its_last_confirmation_wrote(after_0011: Database) -> None:
    """A Mac that was moved since still has the manifest of before."""
    with after_0011.reading() as session:
        rows = session.execute(
            select(Registration.id, Registration.includes).where(Registration.id <= ODD)
        )
        written = {row.id: row.includes for row in rows}
    assert written[MOVED] == {
        "ours": [
            ["always", "site_default"],
            ["site", "included_manifests/sites/london"],
            ["build", "included_manifests/builds/design"],
        ],
        "theirs": [],
    }
    sites = {n: each["ours"][1][1].rpartition("/")[2] for n, each in written.items() if each}
    assert sites == {**dict.fromkeys(range(1, MANY + 1), "oslo"), MOVED: "london", AGAIN: "leeds"}


def test_the_destination_of_a_name_is_two_names_from_then_on_and_one_text_before(
    after_0011: Database,
) -> None:
    registrations = f"SELECT named_for FROM registrations WHERE id > {ODD} ORDER BY id"
    events = "SELECT before, after FROM events WHERE what = 'named'"
    with after_0011.begin() as session:
        assert [*session.scalars(text(registrations))] == ["uk\nit/lab", None]
        named = session.scalars(select(Event).where(Event.what == "named")).one()
        assert (named.before, named.after) == (
            {"computer_name": None, "named_for": None},
            {"computer_name": "a", "named_for": "uk\nit/lab"},
        )
        confirmed = f"SELECT count(*) FROM events WHERE before IS NULL AND registration_id > {ODD}"
        assert session.scalar(text(confirmed)) == 1
        includes = session.scalar(text("SELECT includes FROM registrations WHERE id = 9001"))
        assert "included_manifests/builds/it/lab" in str(includes)
        session.expunge_all()

        trial = session.begin_nested()
        command.downgrade(config_for(session), "0010")

        assert [*session.scalars(text(registrations))] == ["uk/it/lab", None]
        assert "uk/it/lab" in str(session.execute(text(events)).one())
        trial.rollback()
