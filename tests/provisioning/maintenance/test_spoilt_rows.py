"""Rows that a hand has written: they are read, with whatever else is read at the same time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from infrastructure.database.base import BEHIND_ALL, Flag, Json, Whole
from infrastructure.database.engine import Database
from infrastructure.database.instants import FIRST, LAST, Instant
from infrastructure.jobs.models import LastRun
from provisioning.access.accounts.models import Account
from provisioning.access.programs import tokens
from provisioning.access.programs.models import READ, ApiToken
from provisioning.access.programs.tokens import TokenRequest
from provisioning.firstboot import benches, unknown
from provisioning.monitoring.mail.models import MailCursor
from provisioning.monitoring.webhooks import cursors
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.registrations.models import FAILED, Registration
from provisioning.registrations.similar import one_slip_away
from provisioning.values.serials import LONGEST, Serial
from tests.support.acting import LONDON, did, register
from tests.support.databases import rows
from tests.support.installation import CHANNEL
from tests.support.tables import for_each

NOW = datetime(2026, 3, 2, tzinfo=UTC)
JSON = ('"x"', "5", "null", "[1]", '{"x": 1}')
NO_JSON = ("", "x", "[" * 5000 + "]" * 5000, b"\xff")
TOKEN = [("api_tokens", "acts"), ("api_tokens", "sites")]
WEBHOOK = [("webhooks", "types"), ("webhooks", "sites")]
NO_MOMENT = ("x", "", 5, b"\xff", "2026-13-45 99:00:00")


def test_json_of_any_kind_is_read_in_every_column(migrated: Database) -> None:
    """As a value of its kind, or none: an error would keep all rows that are read with it."""
    columns = rows.columns_of(Json)
    for value in (*JSON, *NO_JSON):
        with migrated.begin() as session:
            for column in columns:
                sql = f'UPDATE "{column.table.name}" SET "{column.name}" = :value'
                session.execute(text(sql), {"value": value})
        with migrated.reading() as session:
            for column in columns:
                kind = column.type
                assert isinstance(kind, Json)
                for found in session.scalars(select(column)):
                    assert isinstance(found, kind.kinds), (column, value)


def test_a_moment_of_any_kind_is_read_in_every_column(migrated: Database) -> None:
    """As one from which years can be counted, in the past where it is none: then it is over."""
    expected = [(value, FIRST) for value in NO_MOMENT]
    expected += [("0001-01-01 00:00:00.000000", FIRST), ("9999-12-31 23:59:59.999999", LAST)]
    moments = rows.columns_of(Instant)
    for value, moment in expected:
        with migrated.begin() as session:
            for column in moments:
                sql = f'UPDATE "{column.table.name}" SET "{column.name}" = :value'
                session.execute(text(sql), {"value": value})
        with migrated.reading() as session:
            for column in moments:
                assert {*session.scalars(select(column))} == {moment}, (column, value)
    assert FIRST - timedelta(days=365 * 100) < FIRST < LAST < LAST + timedelta(days=365 * 100)


@for_each("kind", [Whole, Flag])
def test_a_number_or_a_flag_of_any_kind_is_read_in_every_column(
    migrated: Database, kind: type[Whole | Flag]
) -> None:
    """As that of nothing. SQLite keeps a text among numbers, but for keys."""
    for value in ("x", "", 2.5, b"\xff"):
        for column in rows.columns_of(kind):
            nothing = column.type.otherwise if isinstance(column.type, Whole) else False
            with migrated.begin() as session:
                sql = f'UPDATE OR IGNORE "{column.table.name}" SET "{column.name}" = :value'
                session.execute(text(sql), {"value": value})
                found = {*session.scalars(select(column))}
            assert nothing in found, (column, value)
            assert {type(each) for each in found} == {type(nothing)}, (column, value)


def test_of_what_was_handed_on_up_to_an_unreadable_mark_nothing_is_handed_on_again(
    database: Database,
) -> None:
    """Receivers of webhooks and readers of mail would hear of all that ever was."""
    with database.begin() as session:
        cursors.begin(session)
        session.add(MailCursor(source="events", last_id=0))
    register(database, "C02AAA")
    with database.begin() as session:
        session.execute(text("UPDATE webhook_cursors SET last = 'x'"))
        session.execute(text("UPDATE mail_cursors SET last_id = 'x'"))

    with database.begin() as session:
        assert not cursors.is_any_new(session)
        assert [*cursors.advance(session, "events", NOW)] == []
        assert session.scalar(select(MailCursor.last_id)) == BEHIND_ALL


@pytest.mark.postgresql
def test_what_gives_rights_gives_none_where_it_cannot_be_read(database: Database) -> None:
    """Of a webhook an empty list means all, of a token no sites do, and no refusal lets in."""
    with database.begin() as session:
        wish = TokenRequest("robot", [READ], ["london"])
        tokens.make(session, wish, made_by=None, at=NOW)
        session.add(Account(id="U0X", name="x", language="en", refusal={"text": "A guest."}))
        session.add(
            Webhook(
                url="https://example.com",
                description="",
                types=["mac.moved"],
                sites=["london"],
                key="",
                made_by="",
                made_at=NOW,
            )
        )
    is_json = "CAST(:value AS json)" if database.engine.dialect.name == "postgresql" else ":value"
    for value in ('"x"', '{"x": 1}', "[1]"):
        with database.begin() as session:
            for column in (
                "api_tokens.acts",
                "api_tokens.sites",
                "webhooks.types",
                "webhooks.sites",
            ):
                table, _, name = column.partition(".")
                sql = f"UPDATE {table} SET {name} = {is_json}"
                session.execute(text(sql), {"value": value})
            session.execute(text(f"UPDATE accounts SET refusal = {is_json}"), {"value": '"x"'})
        with database.reading() as session:
            token = session.scalars(select(ApiToken)).one()
            hook = session.scalars(select(Webhook)).one()
            assert (token.acts, token.sites) == ([], [])
            assert (hook.types, hook.sites) == ([""], [""])
            assert session.scalars(select(Account)).one().refusal is not None


@pytest.mark.postgresql(instead=True)
def test_a_moment_beyond_the_years_of_the_program_is_read(database: Database) -> None:
    """PostgreSQL has `infinity`, which is how people there say: for ever."""
    is_postgresql = database.engine.dialect.name == "postgresql"
    rows = {"infinity": LAST, "-infinity": FIRST, "20000-01-01": LAST, "0044-03-15 BC": FIRST}
    for written, read in rows.items() if is_postgresql else ():
        with database.begin() as session:
            session.execute(text("DELETE FROM looks"))
            session.execute(
                text("INSERT INTO looks (what, at) VALUES ('x', CAST(:at AS timestamp))"),
                {"at": written},
            )
        with database.reading() as session:
            assert session.scalar(select(LastRun.at)) == read, written


def test_a_card_that_is_gone_holds_up_nobody_else(database: Database) -> None:
    """Neither registrations, each of which looks for unknown Macs, nor the end of benches."""
    with database.begin() as session:
        unknown.ask_about(session, Serial("C02AAA"), channel=CHANNEL, at=NOW)
        act = did(session, "opened a bench", by="U0ALICE", at=NOW)
        until = NOW + timedelta(hours=1)
        benches.start(session, LONDON, number=1, until=until, operation=act, channel=CHANNEL)
    register(database, "C02CCC")  # or SQLite would give a new card one of these numbers
    rows.lose(database, "cards", 1, 2)

    register(database, "C02AAA")

    with database.begin() as session:
        assert unknown.settle_known(session, NOW) == 1
        assert benches.close_expired(session, NOW + timedelta(hours=2)) == 1


def test_a_state_that_nobody_writes_is_seen_as_a_failure() -> None:
    """The API knows no other ones, and would answer with no Mac for the sake of this one."""
    assert [Registration(state=state).seen_as for state in ("", "x", 5)] == [FAILED] * 3


def test_a_serial_of_any_length_fills_no_memory() -> None:
    """SQLite takes one; its spellings, eighty for each letter, killed the server."""
    assert list(one_slip_away("C" * 2000)) == []
    assert len(list(one_slip_away("C" * LONGEST))) > LONGEST


@pytest.fixture
def migrated(database: Database) -> Database:
    """A database with rows in every table."""
    with database.engine.begin() as connection:
        rows.fill(connection)
    return database
