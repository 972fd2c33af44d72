"""Errors of the database drivers, raised while they run our statements."""

import pytest
from sqlalchemy import Select, Text, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from infrastructure.database.compiled import CompiledStatement
from infrastructure.database.engine import Database


def reading() -> Select[str]:
    """Reads JSON out of each text of a list; SQLite comes to a row only when it is asked for it."""
    each = func.json_each(bindparam("texts", type_=Text)).table_valued("value")
    return select(func.json_extract(each.c.value, bindparam("path", type_=Text)))


@pytest.mark.parametrize("texts", ['["{"]', '["1", "{"]'], ids=["at once", "at its next row"])
def test_an_error_is_one_of_the_databases_whenever_it_comes(database: Database, texts: str) -> None:
    statement = CompiledStatement(lambda _: reading())

    with database.reading() as session, pytest.raises(DBAPIError, match="malformed JSON"):
        statement.row(session, texts=texts, path="$")
