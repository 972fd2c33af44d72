"""Rows that a hand has spoilt, as the doctor names them."""

import pytest
from sqlalchemy import text

from infrastructure.database.base import Flag, Json, Whole
from infrastructure.database.engine import Database
from infrastructure.database.instants import Instant
from provisioning.diagnostics import spoilt_rows
from tests.support.acting import register
from tests.support.databases import rows


def found(database: Database) -> list[str]:
    """The facts of all findings."""
    with database.reading() as session:
        return [finding.message for finding in spoilt_rows.findings(session)]


@pytest.mark.postgresql
def test_the_doctor_names_what_cannot_be_read(database: Database) -> None:
    register(database, "C02AAA", "C02BBB")
    assert found(database) == []
    is_postgresql = database.engine.dialect.name == "postgresql"
    moment = "infinity" if is_postgresql else "for ever"
    with database.begin() as session:
        number = session.execute(text("SELECT max(id) FROM registrations")).scalar_one()
        session.execute(
            text(f"UPDATE registrations SET created_at = '{moment}' WHERE id = {number}")
        )
        session.execute(text("UPDATE acts SET facts = '[1]'"))

    of_act, of_mac = sorted(found(database))

    assert f"The row {number} of the table registrations has something in created_at" in of_mac
    assert "of the table acts has something in facts" in of_act


def test_every_column_that_is_read_as_nothing_is_looked_at(database: Database) -> None:
    with database.engine.begin() as connection:
        rows.fill(connection)
        columns = rows.columns_of(Json, Instant, Whole, Flag)
        for column in columns:
            value = "'x'" if isinstance(column.type, Whole) else "5"
            sql = f'UPDATE OR IGNORE "{column.table.name}" SET "{column.name}" = {value}'
            connection.execute(text(sql))
    told = found(database)
    for column in columns:
        assert any(
            f"of the table {column.table.name} has" in line and column.name in line for line in told
        ), column


def test_the_doctor_names_rows_that_name_one_that_is_gone(database: Database) -> None:
    register(database, "C02AAA")
    assert found(database) == []
    rows.lose(database, "cards", 1)

    [of_mac] = [line for line in found(database) if "registrations" in line]

    assert "The row 1 of the table registrations names a row in card_id that is gone" in of_mac
