"""The page: one Flask app over a Workspace. All that it shows is the Workspace's."""

import hashlib
from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as Answer

from demo.page.bench import Bench
from demo.page.choices import choices
from demo.page.dates import FORMS, moment
from demo.page.deeds import deeds
from demo.page.desk import desk
from demo.page.files import file_routes, picture_in
from demo.page.guards import guard
from demo.page.notices import notice
from demo.page.parts import changes
from demo.page.people import Somebody
from demo.page.screens import HOME, MACS, Screen
from demo.page.shortcuts import Shortcut, shortcut_routes
from demo.page.touches import Touches
from tests.support.slack import NotThere, Workspace
from tests.support.slack.wire import Refused

TONES = 6
LARGEST = 30 * 1024 * 1024  # bytes of one upload


def create_app(
    workspace: Workspace,
    people: Sequence[Somebody],
    bench: Bench,
    shortcuts: Sequence[Shortcut] = (),
) -> Flask:
    """The page for these people, the first of whom opens it."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST, MAX_FORM_MEMORY_SIZE=LARGEST)
    app.jinja_env.filters.update(short=short, clock=clock, tone=tone)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    guard(app)
    touches = Touches(workspace)
    app.register_blueprint(deeds(touches))
    app.register_blueprint(choices(touches))
    app.register_blueprint(desk(bench))
    app.register_blueprint(shortcut_routes(touches, shortcuts))
    app.register_blueprint(file_routes(workspace))
    app.jinja_env.globals.update(shortcuts=shortcuts, picture_in=partial(picture_in, workspace))
    shared = [channel for channel in workspace.channels if not channel.startswith("D")]

    def screen(who: str, place: str) -> Screen:
        if who not in {each.id for each in people}:
            raise NotFound("Nobody here has this name.")
        if place not in (*workspace.channels, HOME, MACS):
            raise NotFound("There is no such place.")
        return Screen(workspace, workspace.person(who), place, bench)

    @app.get("/")
    def door() -> Answer:
        return redirect(url_for("page", who=people[0].id, place=shared[0]))

    @app.get("/<who>/<place>")
    def page(who: str, place: str) -> str:
        seen = screen(who, place)
        return render_template(
            "page.html",
            screen=seen,
            person=seen.person,
            people=people,
            shared=[each for each in workspace.channels.values() if each.id[0] != "D"],
            direct=f"D{who[1:]}",
            channel=workspace.channels.get(place),
            first=shared[0],
            typed=request.args.get("type", ""),
        )

    @app.get("/<who>/<place>/changes")
    def look(who: str, place: str) -> Response:
        """What is new for a browser that says what it has; 204 if nothing is."""
        found = changes(screen(who, place).parts(), request.args.getlist("has"))
        return make_response(found) if found else Response(status=204)

    @app.errorhandler(NotThere)
    @app.errorhandler(Refused)
    def not_there(error: Exception) -> Response:
        return notice(f"That did not work: {error}.")

    @app.errorhandler(Exception)
    def stumbled(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        app.logger.exception("the page stumbled")
        return notice(f"The page stumbled over this ({type(error).__name__}); see its terminal.")

    return app


def short(*parts: object) -> str:
    """An id for an element of the page, from whatever makes it the only one."""
    return "x" + hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def clock(ts: str) -> str:
    """The time of day of a message."""
    return FORMS["time"](moment(float(ts)))


def tone(name: str) -> int:
    """The number of a colour in the stylesheet, always the same for a name."""
    return sum(place * byte for place, byte in enumerate(name.encode(), 1)) % TONES
