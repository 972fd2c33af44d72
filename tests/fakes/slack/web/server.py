"""The web server of the stand-in: Flask's routes on a real, threaded HTTP server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, request
from simple_websocket import Server as WebSocket

from tests.fakes.slack.people.responding import respond
from tests.fakes.slack.sending.line import Line
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.answering import answer_call
from tests.fakes.slack.web.asking import TEAM, asked
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.faults import RESPONSE_URL, Kind
from tests.fakes.slack.web.file_routes import add_file_routes
from tests.fakes.slack.web.wire import JSON, Refused
from tests.support.running.serving import Sleeping

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Server:
    """Listens on a free port of 127.0.0.1, from a daemon thread, but for while Slack is down."""

    def __init__(self, team: Team) -> None:
        self._faults = team.faults
        self._app = of_team(team)
        self._open(0)
        self.origin = f"http://127.0.0.1:{self._listener.port}"

    def start(self) -> None:
        """Take requests."""
        self._faults.follow_outages(self._follow)

    def stop(self) -> None:
        """Take no more requests and free the port."""
        self._faults.follow_outages(None)
        self._close()

    def _follow(self, down: bool) -> None:
        """Refuse connections while Slack is down."""
        if down:
            self._close()
        elif not self._thread.is_alive():
            self._open(self._listener.port)

    def _open(self, port: int) -> None:
        self._listener = Sleeping(self._app, port)
        self._thread = threading.Thread(
            target=self._listener.serve, name="stand-in Slack", daemon=True
        )
        self._thread.start()

    def _close(self) -> None:
        if self._thread.is_alive():
            self._listener.end()
            self._thread.join()


def of_team(team: Team) -> WSGIApplication:
    """The routes, for one team."""
    app = create_app()

    def told(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app({**environ, TEAM: team}, start_response)

    return told


@cache
def create_app() -> Flask:
    """The routes: the Web API, response URLs, files, and the WebSockets of Socket Mode.

    Made once: compiling them takes longer than most teams live. What they serve is in the request.
    """
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    add_file_routes(app)

    app.add_url_rule("/api/<method>", view_func=api, methods=["GET", "POST"])
    app.post("/<any(commands, actions):kind>/<path:secret>")(response_url)
    app.add_url_rule("/link/", view_func=link, websocket=True)
    return app


def api(method: str) -> Response:
    """A method of the Web API."""
    values = {**request.args, **_body()}
    token = _bearer() or values.get("token", "")
    values.pop("token", None)
    answer = answer_call(asked(), method, Arguments(values), token, cut_line)
    return answer or hang_up()


def response_url(kind: str, secret: str) -> tuple[Response, int]:
    """An address to which an app answers a command or a click."""
    team = asked()
    try:
        url = team.response_urls.use(request.path)
    except Refused as refused:
        return jsonify(refused.body()), 404
    try:
        if failed := team.faults.strike(Kind.FAIL_UNSHOWN, RESPONSE_URL):
            raise Refused(failed.error)
        respond(team, url, _body())
    except Refused as refused:
        return jsonify(refused.body()), 400
    return jsonify(ok=True), 200


def link() -> Response:
    """A WebSocket of Socket Mode."""
    team = asked()
    line = Line(WebSocket(request.environ))
    try:
        if not team.sockets.redeem(request.args.get("ticket", "")):
            line.send({"type": "disconnect", "reason": "link_disabled"})
            raise ConnectionAbortedError("no such ticket")
        team.sockets.serve(line)
    finally:
        line.close()
        line.cut()
    return Response()


def hang_up() -> Response:
    """Close the connection without an answer: the server drops a request that raises this."""
    cut_line()
    raise ConnectionAbortedError("the reply is lost")


def cut_line() -> None:
    """Close the connection while the call goes on."""
    line: socket.socket = request.environ["werkzeug.socket"]
    with suppress(OSError):  # it is closed already
        line.shutdown(socket.SHUT_RDWR)


def _body() -> JSON:
    """The arguments, sent as JSON or as a form."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else dict(request.form)


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""
