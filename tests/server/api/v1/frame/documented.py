"""Calls of the API that its document names."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration

MAC = {"serial": "C02XL0AAJGH5", "site": "london", "build": "design"}


def fits(name: str) -> tuple[str, str]:
    """The method and a path of a route of the document."""
    method, path = name.split(" ")
    return method, path.replace("{number}", "1")


def routes(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Registration)) or 0
