"""The way from the page to the board of the running Rollcall, as the person that one is here."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from tests.fakes.openid import OpenIdProvider
from tests.fakes.openid.provider import Person
from tests.fakes.slack import Workspace
from tools.demo.page.people import DemoUser


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a Rollcall at `url`, and the provider that vouches for who comes there."""

    url: str
    sign_in: OpenIdProvider


def board_routes(workspace: Workspace, people: Sequence[DemoUser], board: Board) -> Blueprint:
    """The route that signs one of the people in at the board."""
    routes = Blueprint("board", __name__)

    @routes.get("/<who>/board")
    def enter(who: str) -> Response:
        person = next((each for each in people if each.id == who), None)
        if person is None:
            raise NotFound("Nobody here has this name.")
        name = person.name.title()
        board.sign_in.person = Person(
            who, workspace.app.team_id, name, f"{person.name}@example.com"
        )
        return redirect(f"{board.url}/board/sign-in/slack")

    return routes
