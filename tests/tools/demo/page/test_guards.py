"""Guards of the page: its visitors, and mistakes that become no error page."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.fakes.mac import Mac
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tools.demo.page.app import create_app
from tools.demo.page.bench import DemoMacs
from tools.demo.page.people import CAST, gather

HERE = {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"}
SAY = f"/U0ALICE/{CHANNEL}/say"


@pytest.fixture
def page(slack: Workspace) -> FlaskClient:
    """The page, over a Slack without an app."""
    gather(slack)
    bench = DemoMacs(lambda serial: Mac(serial, "http://127.0.0.1:1", username="", password=""))
    return create_app(slack, CAST, bench).test_client()


def test_the_page_is_for_this_machines_own_names(page: FlaskClient) -> None:
    assert page.get(f"/U0ALICE/{CHANNEL}", headers=HERE).status_code == 200
    assert page.get(f"/U0ALICE/{CHANNEL}", headers={"Host": "localhost:1"}).status_code == 200
    for name in ("evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", "[::1]:8080"):
        assert page.get(f"/U0ALICE/{CHANNEL}", headers={"Host": name}).status_code == 403


@for_each(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8080", ""]
)
def test_nothing_is_said_for_another_sites_page(
    page: FlaskClient, slack: Workspace, origin: str
) -> None:
    headers = {**HERE, "Origin": origin}
    assert page.post(SAY, data={"text": "hello"}, headers=headers).status_code == 403
    assert not slack.channels[CHANNEL].messages


def test_nothing_is_said_without_an_origin(page: FlaskClient, slack: Workspace) -> None:
    answer = page.post(SAY, data={"text": "hello"}, headers={"Host": HERE["Host"]})
    assert answer.status_code == 403
    assert not slack.channels[CHANNEL].messages


def test_the_page_itself_may_say_something(page: FlaskClient, slack: Workspace) -> None:
    assert page.post(SAY, data={"text": "a <b> @bob"}, headers=HERE).status_code == 200
    (message,) = slack.channels[CHANNEL].messages
    assert message.text == "a &lt;b&gt; <@U0BOB>"


def test_every_answer_has_a_strict_policy(page: FlaskClient) -> None:
    for path in (f"/U0ALICE/{CHANNEL}", "/static/style.css", "/U0NOBODY/x"):
        with page.get(path, headers=HERE) as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


@for_each(
    ("path", "form"),
    [
        ("/U0ALICE/on/v.V0/press", {"action": "x"}),
        ("/U0ALICE/on/m.C0IMAGING.1.2/choose", {"field": "x"}),
        ("/U0ALICE/on/nonsense/submit", {}),
        ("/U0NOBODY/on/v.V0/close", {}),
        ("/U0ALICE/C0NOWHERE/say", {"text": "hello"}),
        ("/bench", {"serial": "../etc"}),
        ("/bench/C02NOWHERE/boot", {}),
    ],
)
def test_a_mistake_is_a_message_on_the_page(
    page: FlaskClient, path: str, form: dict[str, Any]
) -> None:
    answer = page.post(path, data=form, headers=HERE)
    assert answer.status_code == 200
    assert "That did not work" in answer.text


def test_a_command_that_no_app_hears_is_told_to_the_typist(page: FlaskClient) -> None:
    answer = page.post(SAY, data={"text": "/mac list"}, headers=HERE)
    assert "/mac failed with the error “dispatch_failed”" in answer.text


@for_each("path", ["/U0NOBODY/C0IMAGING", "/U0ALICE/C0NOWHERE", "/U0ALICE/home/x"])
def test_there_are_no_other_places(page: FlaskClient, path: str) -> None:
    assert page.get(path, headers=HERE).status_code == 404
