"""Routes for probes: liveness and readiness of the server."""

from flask import Blueprint, Response, jsonify, request

from provisioning.diagnostics import HEADER, Examination, RecentFindings
from server.answers import text, wants_json
from server.auth.authentication import Callers
from server.health.readiness import Readiness, State

VERSION = "Rollcall-Version"


def blueprint(
    examination: Examination, readiness: Readiness, callers: Callers, version: str
) -> Blueprint:
    """Return the routes that orchestrators and admins look at."""
    recent = RecentFindings(examination)
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        """Liveness: `200` while the process answers.

        The header `Rollcall-Installation` says which installation it belongs to,
        `Rollcall-Version` what runs.
        """
        answer = text("ok\n")
        answer.headers[HEADER] = examination.installation or ""
        answer.headers[VERSION] = version
        return answer

    @health.get("/readyz")
    def ready() -> Response:
        """Readiness: `200` where this server can do its work, else `503` with the reason.

        The database and the repo took what was written into them within the last 10 seconds. Lists
        what Slack refused for good; that does not make the server unready, because Macs do not wait
        for Slack. Where the layout of the repo changed, it names the sites and builds that wait for
        `boot.sh adopt --from-current`. `/readyz?full`, with Basic auth, lists the processes that
        are missing and all that the doctor finds too; neither makes the server unready.
        """
        database, repo = readiness.database(), readiness.repo()
        lists = {"refused": list(database.refused_messages)}
        if database.renames:
            lists["layout"] = list(database.renames)
        if "full" in request.args:
            callers.admit(request)
            lists["missing"] = list(database.missing)
            lists["finding"] = [str(finding) for finding in recent.findings()]
        return _states({"database": database, "repo": repo}, lists)

    return health


def _states(states: dict[str, State], lists: dict[str, list[str]]) -> Response:
    status = 200 if all(state.is_usable for state in states.values()) else 503
    if wants_json():
        answer = jsonify({name: state.sentence for name, state in states.items()} | lists)
        answer.status_code = status
        return answer
    lines = [f"{name}: {state.sentence}" for name, state in states.items()]
    lines += [f"{name}: {line}" for name, values in lists.items() for line in values]
    return text("\n".join(lines) + "\n", status)
