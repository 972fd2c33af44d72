"""Whether the server is alive, and whether it could do its work right now."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from provisioning import deliveries, schema
from provisioning.doctor import HEADER, Examination, Recent
from provisioning.errors import RollcallError
from server.answers import text, wants_json
from server.callers import Callers


def door(these: Examination, callers: Callers) -> Blueprint:
    """Return the routes that orchestrators and admins look at."""
    database, repo, recent = these.database, these.repo, Recent(these)
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
        """The process answers, and says which installation it belongs to."""
        answer = text("ok\n")
        answer.headers[HEADER] = these.installation or ""
        return answer

    @health.get("/readyz")
    def ready() -> Response:
        """The database, its schema and the Munki repo are usable; what Slack refused for good.

        What is parked does not make the server unready: Macs do not wait for Slack. With `full`,
        for who may fetch scripts, also all that the doctor finds; it makes nothing unready either.
        """
        findings = {"database": _fault(migrated), "repo": _fault(repo.check)}
        more: dict[str, list[str]] = {"parked": [] if findings["database"] else slack()}
        if "full" in request.args:
            callers.admit(request)
            more["finding"] = [str(finding) for finding in recent.findings()]
        return _shown(findings, more)

    return health


def _shown(findings: Mapping[str, str], more: Mapping[str, list[str]]) -> Response:
    status = 503 if any(findings.values()) else 200
    if wants_json():
        shown = {name: fault or "ok" for name, fault in findings.items()}
        answer = jsonify({**shown, **more})
        answer.status_code = status
        return answer
    lines = [f"{name}: {fault or 'ok'}" for name, fault in findings.items()]
    lines += [f"{name}: {line}" for name, each in more.items() for line in each]
    return text("\n".join(lines) + "\n", status)


def _fault(check: Callable[[], str | None]) -> str:
    try:
        return check() or ""
    except (RollcallError, SQLAlchemyError) as error:
        return str(error).splitlines()[0]
