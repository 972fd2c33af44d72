"""PostgreSQL databases of any encoding and style: what went in comes back as it was."""

from contextlib import closing
from datetime import UTC, datetime

import psycopg
from sqlalchemy import text

from infrastructure.database.engine import Database


def test_text_comes_back_from_a_database_without_an_encoding(postgresql: str) -> None:
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE bare TEMPLATE template0 ENCODING 'SQL_ASCII'"
            " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        try:
            with closing(Database(f"{postgresql}/bare")) as database, database.reading() as session:
                assert session.scalar(text("SELECT 'Zürich'")) == "Zürich"
                assert session.scalar(text("SHOW server_encoding")) == "SQL_ASCII"
        finally:
            connection.execute("DROP DATABASE bare WITH (FORCE)")


def test_moments_come_back_from_a_database_with_any_style_of_dates(postgresql: str) -> None:
    moments = text("SELECT TIMESTAMP '2026-03-02 12:00', TIMESTAMPTZ '2026-03-02 12:00+00'")
    styled = f"{postgresql}/postgres?options=-c%20datestyle%3D"
    for style in ("German", "SQL%2CDMY", "Postgres", "ISO%2CDMY"):
        with closing(Database(f"{styled}{style}")) as database:
            for _ in "12":  # also when it is given back and taken again
                with database.reading() as session:
                    plain, zoned = session.execute(moments).one()
            assert plain == datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - without a zone
            assert zoned == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
