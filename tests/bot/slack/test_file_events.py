"""Events about files of people, and messages that are meant for Rollcall."""

from typing import Any

from bot.slack import payloads
from tests.support.tables import for_each

PASSED_ON = [{"is_share": True, "files": [{"id": "F1"}]}]


def body(**event: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"type": "message", "subtype": "file_share", "user": "U0ALICE"}
    said |= {"ts": "1.2", "files": [{"id": "F1"}], **event}
    return {"event": said, "authorizations": [{"user_id": "U0ROLLCALL"}]}


@for_each(
    "event",
    [
        {},
        {"subtype": "thread_broadcast"},
        {"subtype": None, "channel_type": "im", "files": None, "attachments": PASSED_ON},
    ],
)
def test_files_of_people_are_also_in_replies_and_where_they_are_passed_on(
    event: dict[str, Any],
) -> None:
    assert payloads.is_files(body(**event))


@for_each(
    "event",
    [
        {"user": "U0ROLLCALL"},
        {"bot_id": "B0OTHER"},
        {"user": None},
        {"user": "USLACKBOT"},
        {"files": []},
        {"subtype": None, "channel_type": "channel", "files": None, "attachments": PASSED_ON},
        {"subtype": "message_changed"},
        {"subtype": "bot_message"},
    ],
)
def test_messages_of_bots_and_edits_are_no_files_of_people(event: dict[str, Any]) -> None:
    assert not payloads.is_files(body(**event))


@for_each(
    ("event", "meant"),
    [
        ({"channel_type": "im"}, True),
        ({"channel_type": "channel", "text": "see <@U0ROLLCALL>"}, True),
        ({"channel_type": "channel", "text": "see <@U0OTHER>"}, False),
        ({"channel_type": "group", "text": None}, False),
        ({}, False),
    ],
)
def test_messages_to_rollcall_are_recognized(event: dict[str, Any], meant: bool) -> None:
    assert payloads.is_meant(body(**event)) is meant


def test_without_an_authorization_a_text_mentions_no_one() -> None:
    assert not payloads.is_meant({"event": {"text": "<@> <@nobody>x"[:4]}})


def test_the_thread_is_the_messages_own_unless_it_is_in_one() -> None:
    assert payloads.thread_of({"ts": "1.2"}) == "1.2"
    assert payloads.thread_of({"ts": "1.3", "thread_ts": "1.2"}) == "1.2"
