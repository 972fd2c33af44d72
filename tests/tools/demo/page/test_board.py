"""The way from the demo's page to the board, as the person that one is."""

import pytest
from flask.testing import FlaskClient

from tests.fakes.mac import Mac
from tests.fakes.openid import OpenIdProvider
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tools.demo.page.app import create_app
from tools.demo.page.bench import DemoMacs
from tools.demo.page.board import Board
from tools.demo.page.people import CAST, gather

URL = "http://127.0.0.1:9999"
HERE = {"Host": "127.0.0.1:8080"}


@pytest.fixture
def sign_in() -> OpenIdProvider:
    """The provider behind the board's sign-in, which nobody has agreed at yet."""
    return OpenIdProvider(f"{URL}/board/sign-in/slack/callback")


def page(slack: Workspace, board: Board | None) -> FlaskClient:
    gather(slack)
    bench = DemoMacs(lambda serial: Mac(serial, "http://127.0.0.1:1", username="", password=""))
    return create_app(slack, CAST, bench, board=board).test_client()


def test_whoever_one_is_comes_to_the_board_as_the_same_person(
    slack: Workspace, sign_in: OpenIdProvider
) -> None:
    opened = page(slack, Board(URL, sign_in))
    assert 'href="/U0BOB/board"' in opened.get(f"/U0BOB/{CHANNEL}", headers=HERE).text

    answer = opened.get("/U0BOB/board", headers=HERE)

    assert answer.location == f"{URL}/board/sign-in/slack"
    assert sign_in.person is not None
    assert (sign_in.person.user, sign_in.person.team) == ("U0BOB", slack.app.team_id)
    assert opened.get("/U0NOBODY/board", headers=HERE).status_code == 404


def test_without_a_board_nothing_leads_there(slack: Workspace) -> None:
    opened = page(slack, None)
    assert "/board" not in opened.get(f"/U0BOB/{CHANNEL}", headers=HERE).text
