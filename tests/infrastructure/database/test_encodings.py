"""PostgreSQL databases of any encoding: text comes back as it went in."""

from contextlib import closing

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
