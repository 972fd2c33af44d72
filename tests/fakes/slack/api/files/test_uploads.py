"""Files that the app uploads to the stand-in, and images in its blocks."""

import pytest
import requests
from slack_sdk import WebClient

from tests.fakes.slack import Person, Workspace
from tests.fakes.slack.conftest import CHANNEL, client_of, refusal

LABEL = ("label.PNG", b"\x89PNG of a label")


class TestUploading:
    def test_an_uploaded_file_is_shared_with_a_comment(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """slack_sdk's own three steps. The answer does not know yet where the message is."""
        answer = client.files_upload_v2(
            filename="week.png",
            content=b"PNG",
            title="This week",
            alt_txt="12 Macs were set up",
            channel=CHANNEL,
            initial_comment="The report",
        )
        (message,) = workspace.channels[CHANNEL].messages
        (file,) = message.files

        assert (message.text, message.bot) == ("The report", True)
        assert (file.content, file.title, file.alt_text) == (
            b"PNG",
            "This week",
            "12 Macs were set up",
        )
        assert answer["file"]["id"] == file.id
        assert (answer["file"]["shares"], answer["file"]["mimetype"]) == ({}, "")
        assert workspace.transcript(CHANNEL) == ["rollcall: The report\n[file This week]"]

    def test_where_it_was_shared_is_told_later(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """files.info has to be asked again."""
        answer = client.files_upload_v2(filename="a.csv", content="C02", channel=CHANNEL)
        early, late = (client.files_info(file=answer["file"]["id"])["file"] for _ in "ab")
        (message,) = workspace.channels[CHANNEL].messages

        assert early["shares"] == {}
        assert late["shares"]["public"][CHANNEL][0]["ts"] == message.ts
        assert late["mimetype"] == "text/csv"

    def test_a_file_goes_into_a_thread_or_to_a_person(
        self, workspace: Workspace, client: WebClient, alice: Person
    ) -> None:
        """Under the same rules as a message."""
        parent = client.chat_postMessage(channel=CHANNEL, text="card")["ts"]
        upload = client.files_upload_v2
        upload(filename="a.csv", content="1", channel=CHANNEL, thread_ts=parent)
        upload(filename="b.csv", content="2", channel=alice.dm.id)

        assert workspace.transcript(CHANNEL)[1] == "↳ rollcall: [file a.csv]"
        assert workspace.transcript(alice.dm.id) == ["rollcall: [file b.csv]"]
        unknown = {"filename": "c.csv", "content": "3", "channel": CHANNEL, "thread_ts": "1.2"}
        assert refusal(upload, **unknown) == "thread_not_found"
        assert refusal(upload, filename="c", content="3", channel="C0X") == "channel_not_found"

    def test_bytes_must_be_as_many_as_announced(self, client: WebClient) -> None:
        """And come once, before the upload is completed, which happens once too."""
        begun = client.files_getUploadURLExternal(filename="a.csv", length=3)
        url, asked = begun["upload_url"], [{"id": begun["file_id"]}]
        complete = client.files_completeUploadExternal

        assert requests.post(url, data=b"four", timeout=5).status_code == 400
        assert refusal(complete, files=asked) == "file_not_found"
        assert requests.put(url, data=b"one", timeout=5).status_code == 200
        assert requests.post(url, data=b"two", timeout=5).status_code == 400
        assert complete(files=asked)["files"][0]["id"] == begun["file_id"]
        assert refusal(complete, files=asked) == "file_not_found"

    def test_bytes_may_come_as_a_form(self, client: WebClient) -> None:
        """As the docs show it with curl -F."""
        begun = client.files_getUploadURLExternal(filename="a.csv", length=3)
        form = {"filename": ("a.csv", b"C02")}
        assert requests.post(begun["upload_url"], files=form, timeout=5).text == "OK - 3"

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"filename": "a", "length": 0}, "missing_argument"),
            ({"filename": "", "length": 1}, "invalid_arguments"),
            ({"filename": "a", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ],
    )
    def test_a_bad_announcement_is_refused(
        self, client: WebClient, arguments: dict[str, str], error: str
    ) -> None:
        """In Slack's words."""
        assert refusal(client.files_getUploadURLExternal, **arguments) == error

    def test_an_upload_needs_the_scope(self) -> None:
        """files:write."""
        with Workspace(scopes={"files:read"}) as narrow:
            upload = client_of(narrow).files_upload_v2
            assert refusal(upload, filename="a", content="x") == "missing_scope"
