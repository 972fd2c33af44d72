"""Files that people drop into the stand-in's channels, and that the app reads."""

import pytest
import requests
from slack_sdk import WebClient

from tests.fakes.slack import Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, client_of, refusal

LABEL = ("label.PNG", b"\x89PNG of a label")
AUTH = {"Authorization": "Bearer xoxb-stand-in"}


def fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=5, allow_redirects=False)


class TestDropping:
    def test_a_dropped_file_is_told_twice(self, alice: Person, endpoint: Endpoint) -> None:
        """As a file that was shared, by its id alone, and as a message that holds it."""
        message = alice.drop(CHANNEL, LABEL, ("serials.csv", b"C02"), text="today's boxes")
        events = [sent["event"] for sent in endpoint.received]

        assert [event["type"] for event in events] == ["file_shared", "file_shared", "message"]
        assert events[0]["file_id"] == events[0]["file"]["id"] == message.files[0].id
        assert (events[0]["channel_id"], events[0]["user_id"]) == (CHANNEL, alice.id)
        assert (events[2]["subtype"], events[2]["text"]) == ("file_share", "today's boxes")
        assert events[2]["channel_type"] == "channel"
        png, csv = events[2]["files"]
        assert (png["name"], png["mimetype"], png["filetype"]) == ("label.PNG", "image/png", "png")
        assert (csv["mimetype"], csv["size"]) == ("text/csv", 3)

    def test_the_history_and_the_transcript_show_it(
        self, workspace: Workspace, client: WebClient, alice: Person
    ) -> None:
        """With its text; a file alone has none."""
        alice.drop(CHANNEL, LABEL, text="boxes")
        alice.drop(CHANNEL, ("photo.heic", b"x", "image/heic"))

        assert workspace.transcript(CHANNEL) == [
            "alice: boxes\n[file label.PNG]",
            "alice: [file photo.heic]",
        ]
        newest, _ = client.conversations_history(channel=CHANNEL)["messages"]
        assert newest["subtype"] == "file_share"
        assert newest["files"][0]["mimetype"] == "image/heic"

    def test_events_of_shared_channels_tell_the_id_of_a_file_alone(
        self, workspace: Workspace, client: WebClient, alice: Person, endpoint: Endpoint
    ) -> None:
        """The history and files.info show the rest."""
        workspace.channels[CHANNEL].shared_with = ("T0THEIRS",)
        file = alice.drop(CHANNEL, LABEL).files[0]

        (told,) = endpoint.received[-1]["event"]["files"]
        assert told["id"] == file.id
        assert (told["mode"], told["file_access"]) == ("file_access", "check_file_info")
        assert not {"name", "filetype", "size", "url_private"} & set(told)
        (message,) = client.conversations_history(channel=CHANNEL)["messages"]
        assert message["files"][0]["url_private"] == file.url
        assert client.files_info(file=file.id)["file"]["url_private"] == file.url

    def test_an_app_without_the_scope_hears_nothing_of_files(self, endpoint: Endpoint) -> None:
        """Nor of channels that it is not in."""
        with Workspace(scopes={"channels:history"}) as narrow:
            narrow.connect_http(endpoint.url)
            narrow.add_channel(CHANNEL, name="imaging")
            narrow.add_channel("C0OUT", name="out", bot_is_member=False)
            bob = narrow.person("U0BOB")
            file = bob.drop(CHANNEL, LABEL).files[0]
            bob.drop("C0OUT", LABEL)
            assert refusal(client_of(narrow).files_info, file=file.id) == "missing_scope"
            assert fetch(file.url, **AUTH).status_code == 302
        assert [sent["event"]["type"] for sent in endpoint.received] == ["message"]


class TestReading:
    def test_the_bytes_come_to_who_shows_the_bots_token(
        self, client: WebClient, alice: Person
    ) -> None:
        """From either address that files.info tells."""
        file = alice.drop(CHANNEL, LABEL).files[0]
        told = client.files_info(file=file.id)["file"]
        for key in ("url_private", "url_private_download"):
            answer = fetch(told[key], **AUTH)
            assert (answer.content, answer.headers["Content-Type"]) == (LABEL[1], "image/png")
        assert told["shares"]["public"][CHANNEL][0]["channel_name"] == "imaging"
        assert told["channels"] == [CHANNEL]

    @pytest.mark.parametrize("token", ["", "Bearer xoxb-wrong", "xoxb-stand-in"])
    def test_everybody_else_gets_a_page_to_sign_in(self, alice: Person, token: str) -> None:
        """A redirect, and behind it HTML with status 200: not an error that one would notice."""
        file = alice.drop(CHANNEL, LABEL).files[0]
        headers = {"Authorization": token}
        assert fetch(file.url, **headers).status_code == 302
        followed = requests.get(file.url, headers=headers, timeout=5)
        assert followed.status_code == 200
        assert followed.headers["Content-Type"].startswith("text/html")

    def test_a_deleted_file_is_gone(self, client: WebClient, alice: Person) -> None:
        """From both places."""
        file = alice.drop(CHANNEL, LABEL).files[0]
        file.deleted = True
        assert fetch(file.url, **AUTH).status_code == 404
        assert refusal(client.files_info, file=file.id) == "file_deleted"
        assert refusal(client.files_info, file="F0NONE") == "file_not_found"
        assert refusal(client.files_info, file="") == "invalid_arguments"

    def test_a_file_in_a_private_channel_is_for_its_members(
        self, workspace: Workspace, client: WebClient, alice: Person
    ) -> None:
        """The bot finds nothing where it is not one."""
        workspace.add_channel("G0OUT", name="out", private=True, bot_is_member=False)
        file = alice.drop("G0OUT", LABEL).files[0]
        assert refusal(client.files_info, file=file.id) == "file_not_found"
        assert fetch(file.url, **AUTH).status_code == 302

    def test_downloads_are_recorded_and_can_fail(self, workspace: Workspace, alice: Person) -> None:
        """As calls of `url_private`."""
        file = alice.drop(CHANNEL, LABEL).files[0]
        workspace.faults.fail(methods=["url_private"])
        workspace.faults.respond_429(7, methods=["url_private"])
        limited, broken, well = (fetch(file.url, **AUTH) for _ in "abc")

        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
        assert (broken.status_code, well.status_code) == (500, 200)
        assert [call.status for call in workspace.calls] == [429, 500, 200]
