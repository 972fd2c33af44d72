"""The routes that say whether the server is alive, and whether it can do its work right now."""

from flask import Blueprint, Response, jsonify, request

from provisioning.doctor import HEADER, Examination, Recent
from server.answers import text, wants_json
from server.callers import Callers
from server.readiness import Readiness, State


def door(these: Examination, readiness: Readiness, callers: Callers) -> Blueprint:
    """Return the routes that orchestrators and admins look at."""
    recent = Recent(these)
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        """The process answers, and says which installation it belongs to."""
        answer = text("ok\n")
        answer.headers[HEADER] = these.installation or ""
        return answer

    @health.get("/readyz")
    def ready() -> Response:
        """The database and the Munki repo take what is written; what Slack refused for good.

        What is parked does not make the server unready: Macs do not wait for Slack. With `full`,
        for who may fetch scripts, also the processes that are missing and all that the doctor
        finds; it makes nothing unready either.
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
