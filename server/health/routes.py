"""The routes that say whether the server is alive, and whether it can do its work right now."""

from flask import Blueprint, Response, jsonify, request

from provisioning.diagnostics import HEADER, Examination, Recent
from server.auth.authentication import Callers
from server.errors import text, wants_json
from server.health.readiness import Readiness, State


def door(these: Examination, readiness: Readiness, callers: Callers) -> Blueprint:
    """Return the routes that orchestrators and admins look at."""
    recent = Recent(these)
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        """Liveness: `200` while the process answers.

        The header `Rollcall-Installation` says which installation it belongs to.
        """
        answer = text("ok\n")
        answer.headers[HEADER] = these.installation or ""
        return answer

    @health.get("/readyz")
    def ready() -> Response:
        """Readiness: `200` where this server can do its work, else `503` with the reason.

        The database and the repo took what was written into them within the last 10 seconds. Lists
        what Slack refused for good; that does not make the server unready, because Macs do not wait
        for Slack. `/readyz?full`, with Basic auth, lists the processes that are missing and all
        that the doctor finds too; neither makes the server unready.
        """
        database, repo = readiness.database(), readiness.repo()
        more = {"parked": list(database.parked)}
        if "full" in request.args:
            callers.admit(request)
            more["missing"] = list(database.missing)
            more["finding"] = [str(finding) for finding in recent.findings()]
        return _shown({"database": database, "repo": repo}, more)

    return health


def _shown(states: dict[str, State], more: dict[str, list[str]]) -> Response:
    status = 200 if all(state.works for state in states.values()) else 503
    if wants_json():
        answer = jsonify({name: state.said for name, state in states.items()} | more)
        answer.status_code = status
        return answer
    lines = [f"{name}: {state.said}" for name, state in states.items()]
    lines += [f"{name}: {line}" for name, each in more.items() for line in each]
    return text("\n".join(lines) + "\n", status)
