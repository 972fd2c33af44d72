"""Measurements on PostgreSQL, where this Python has one."""

from collections.abc import Callable, Iterator

import psycopg

from tests.support.databases import postgres
from tools.bench.harness.table import Row


def on_postgresql(measure: Callable[..., Row], databases: int = 1) -> Iterator[Row]:
    """Yield the row that `measure` returns for the URLs of so many new databases."""
    if postgres.programs() is None:
        yield Row("PostgreSQL: there is none for this Python", "")
        return
    names = [f"bench{number}" for number in range(databases)]
    with postgres.cluster(durable=True) as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}")
        yield measure(*(f"{url}/{name}" for name in names))
