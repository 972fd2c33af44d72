"""Plans of a database: how it looks up what the statements of an act ask for."""

from collections.abc import Callable

from sqlalchemy import Engine, event

from infrastructure.database.engine import Database

READING = ("SELECT", "UPDATE", "INSERT", "DELETE")


def plans_of(database: Database, act: Callable[[], object], table: str) -> list[str]:
    """The lines of the plans of all statements of an act that read a table."""
    noted: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, *rest: object) -> None:
        noted.append((statement, rest[0]))

    event.listen(Engine, "before_cursor_execute", note)
    act()
    event.remove(Engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if database.engine.dialect.name == "sqlite" else "EXPLAIN "
    with database.begin() as session:
        driver = session.connection()
        return [
            str(row[-1])
            for statement, values in noted
            if table in statement and statement.startswith(READING)
            for row in driver.exec_driver_sql(explain + statement, values)  # type: ignore[arg-type]
        ]
