"""The web addresses of files: where people and apps read them, and where uploads go."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.fakes.slack.state.files import File
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.asking import asked
from tests.fakes.slack.web.calls import Call
from tests.fakes.slack.web.faults import Kind

LOGIN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"
GONE = "<!DOCTYPE html><html><head><title>File not found | Slack</title></head></html>"
DOWNLOAD = "url_private"
"""The name of a download in `calls`, and among the methods of a fault."""


def add_file_routes(app: Flask) -> None:
    """Serve files to those who may see them, and take uploads."""

    @app.get("/")
    def sign_in() -> Response:
        return Response(LOGIN, mimetype="text/html")

    @app.get("/files-pri/<path:place>")
    def private(place: str) -> AnyResponse:
        file_id = place.partition("/")[0].partition("-")[2]
        team = asked()
        call = Call(DOWNLOAD, {"file": file_id})
        team.calls.append(call)
        answer = _failed(team) or _served(team, file_id)
        call.status = answer.status_code
        return answer

    @app.route("/upload/v1/<secret>", methods=["POST", "PUT"])
    def upload(secret: str) -> tuple[str, int]:
        content = _sent()
        if not asked().uploads.receive(request.path, content):
            return "the upload failed", 400
        return f"OK - {len(content)}", 200


def _sent() -> bytes:
    """The bytes of an upload: the whole body, or the one file of a form."""
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    return b"".join(file.read() for file in request.files.values())


def _failed(team: Team) -> Response | None:
    """The fault of a download, if a test wants one."""
    if slow := team.faults.strike(Kind.DELAY, DOWNLOAD):
        slow.sleep()
    if limited := team.faults.strike(Kind.RATE_LIMITED, DOWNLOAD):
        return Response(status=429, headers={"Retry-After": str(int(limited.seconds))})
    if team.faults.strike(Kind.FAIL_UNSHOWN, DOWNLOAD):
        return Response(status=500)
    return None


def _served(team: Team, file_id: str) -> AnyResponse:
    """The bytes; without a token that may see them, Slack redirects to its sign-in page, which
    answers 200 with HTML (seen in drewminns/slackdeletron#48 and chenhg5/cc-connect#204).
    """
    file = team.files.find(file_id=file_id)
    if not _allowed(team, file):
        return redirect(f"{team.origin}/?redir={quote(request.path, safe='')}")
    if file is None or file.deleted:
        return Response(GONE, status=404, mimetype="text/html")
    return Response(file.content, mimetype=file.mimetype)


def _allowed(team: Team, file: File | None) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = token == team.app.bot_token or team.executions.accepts(token)
    if scheme != "Bearer" or not known or "files:read" not in team.app.scopes:
        return False
    return file is None or team.files.visible(file)
