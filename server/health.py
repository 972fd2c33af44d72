"""Whether the server is alive, and whether it could do its work right now."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from provisioning import deliveries, schema
from provisioning.database import Database
from provisioning.errors import RollcallError
from provisioning.munki import MunkiRepo
from server.answers import text, wants_json


def door(database: Database, repo: MunkiRepo) -> Blueprint:
    """Return the routes that orchestrators and admins look at."""
    health = Blueprint("health", __name__)

    def migrated() -> str:
        with database.reading() as session:
            current = schema.current(session)
        if current == schema.REVISION:
            return ""
        return f"is at {current or 'nothing'}, needs {schema.REVISION}: migrate"

    def slack() -> list[str]:
        with database.reading() as session:
            return [
                f"{row.kind} for {row.channel}: {row.reason}" for row in deliveries.parked(session)
            ]

    @health.get("/healthz")
    def alive() -> Response:
        """The process answers."""
        return text("ok\n")

    @health.get("/readyz")
    def ready() -> Response:
        """The database, its schema and the Munki repo are usable; what Slack refused for good.

        What is parked does not make the server unready: Macs do not wait for Slack.
        """
        findings = {"database": _fault(migrated), "repo": _fault(repo.check)}
        parked = [] if findings["database"] else slack()
        status = 503 if any(findings.values()) else 200
        if wants_json():
            answer = jsonify(
                {name: fault or "ok" for name, fault in findings.items()} | {"parked": parked}
            )
            answer.status_code = status
            return answer
        lines = [f"{name}: {fault or 'ok'}" for name, fault in findings.items()]
        return text("\n".join([*lines, *(f"parked: {line}" for line in parked)]) + "\n", status)

    return health


def _fault(check: Callable[[], str | None]) -> str:
    try:
        return check() or ""
    except (RollcallError, SQLAlchemyError) as error:
        return str(error).splitlines()[0]
