"""Pages of a browser: a place of the Workspace, as one of the people sees it."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from tests.fakes.slack import Workspace
from tools.demo.page.bench import DemoMacs
from tools.demo.page.people import DemoUser
from tools.demo.page.rendering.parts import changes
from tools.demo.page.rendering.screens import HOME, MACS, Viewer


def pages(workspace: Workspace, people: Sequence[DemoUser], bench: DemoMacs) -> Blueprint:
    """The routes of whole pages and of what changed on them; the first of `people` opens it."""
    routes = Blueprint("pages", __name__)
    first = next(channel for channel in workspace.channels if not channel.startswith("D"))

    def screen(who: str, place: str) -> Viewer:
        if who not in {each.id for each in people}:
            raise NotFound("Nobody here has this name.")
        if place not in (*workspace.channels, HOME, MACS):
            raise NotFound("There is no such place.")
        return Viewer(workspace, workspace.person(who), place, bench)

    @routes.get("/")
    def door() -> Answer:
        return redirect(url_for("pages.page", who=people[0].id, place=first))

    @routes.get("/<who>/<place>")
    def page(who: str, place: str) -> str:
        return _drawn(screen(who, place), people, first)

    @routes.get("/<who>/<place>/changes")
    def look(who: str, place: str) -> Response:
        """The parts that are new for a browser that says what it has; 204 if none is."""
        found = changes(screen(who, place).parts(), request.args.getlist("has"))
        return make_response(found) if found else Response(status=204)

    return routes


def _drawn(seen: Viewer, people: Sequence[DemoUser], first: str) -> str:
    channels = seen.workspace.channels
    return render_template(
        "page.html",
        screen=seen,
        person=seen.person,
        people=people,
        shared=[each for each in channels.values() if each.id[0] != "D"],
        direct=f"D{seen.person.id[1:]}",
        channel=channels.get(seen.place),
        first=first,
        typed=request.args.get("type", ""),
    )
