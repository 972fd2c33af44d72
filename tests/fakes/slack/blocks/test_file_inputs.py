"""Files in the stand-in's modals."""

import pytest
from slack_sdk import WebClient

from tests.fakes.slack import NotThere, Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.fakes.slack.blocks.test_elements import asked, modal, opened
from tests.fakes.slack.conftest import client_of, refusal


class TestFileInput:
    def test_files_come_with_the_submission(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """As file objects, whose bytes the app may read."""
        view = opened(alice, endpoint, client, asked("file_input", filetypes=["jpg", "csv"]))
        files = [("label.JPEG", b"JPG"), ("serials.csv", b"C02")]
        assert alice.submit(view, {"b_file_input": files}).closed

        state = endpoint.received[-1]["view"]["state"]["values"]["b_file_input"]["file_input"]
        assert state["type"] == "file_input"
        assert [each["name"] for each in state["files"]] == ["label.JPEG", "serials.csv"]
        assert client.files_info(file=state["files"][1]["id"])["file"]["size"] == 3

    @pytest.mark.parametrize(
        "files",
        [
            [("label.exe", b"x")],
            [("a.csv", b"x"), ("b.csv", b"x"), ("c.csv", b"x")],
            [("large.csv", bytes(10 * 1024 * 1024 + 1))],
        ],
    )
    def test_files_of_another_type_size_or_number_are_not_taken(
        self, alice: Person, endpoint: Endpoint, client: WebClient, files: list[tuple[str, bytes]]
    ) -> None:
        """Slack's own screen refuses them."""
        view = opened(alice, endpoint, client, asked("file_input", filetypes=["csv"], max_files=2))
        with pytest.raises(NotThere):
            alice.submit(view, {"b_file_input": files})

    def test_a_required_file_is_missed(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """Below its input, before the app hears of it."""
        required = {**asked("file_input"), "optional": False}
        view = opened(alice, endpoint, client, required)
        assert alice.submit(view).errors.keys() == {"b_file_input"}

    def test_an_app_that_may_not_read_files_cannot_ask_for_them(self, endpoint: Endpoint) -> None:
        """files:read."""
        with Workspace(scopes={"commands"}) as narrow:
            narrow.connect_http(endpoint.url)
            narrow.person("U0BOB").shortcut("open")
            trigger_id = endpoint.received[-1]["trigger_id"]
            view = modal(asked("file_input"))
            opens = client_of(narrow).views_open
            assert refusal(opens, trigger_id=trigger_id, view=view) == "missing_scope"
            assert opens(trigger_id=trigger_id, view=modal())["ok"]

    def test_only_a_modal_takes_files(self) -> None:
        """Neither a message nor the Home tab."""
        home = {"type": "home", "blocks": [asked("file_input")]}
        (problem,) = problems_of_view(home)
        assert problem.startswith("unsupported type: file_input")
        assert problems_of_view(modal(asked("file_input"))) == []
