"""Menus, pickers and files that people use at the stand-in, on each surface."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.support.slack import Message, NotThere, Person, View, Workspace
from tests.support.slack.blocks.surfaces import problems_of_message, problems_of_view
from tests.support.slack.endpoint import Endpoint
from tests.unit.support.conftest import CHANNEL, client_of, refusal

Block = dict[str, Any]
OPTIONS = [
    {"text": {"type": "plain_text", "text": label}, "value": label.lower()}
    for label in ("Cancel", "Reimage", "Move")
]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def element(kind: str, **keys: Any) -> Block:
    return {"type": kind, "action_id": kind, **keys}


def asked(kind: str, **keys: Any) -> Block:
    """An input block that is named after what it asks for."""
    return {
        "type": "input",
        "block_id": f"b_{kind}",
        "label": plain(kind),
        "element": element(kind, **keys),
        "optional": True,
    }


def modal(*blocks: Block) -> Block:
    words = plain("Register")
    return {"type": "modal", "title": words, "submit": words, "blocks": list(blocks)}


@pytest.fixture
def card(workspace: Workspace, client: WebClient) -> Message:
    """A message with everything that an actions block takes."""
    chosen = [
        element("overflow", options=OPTIONS),
        element("radio_buttons", options=OPTIONS),
        element("checkboxes", options=OPTIONS),
        element("users_select", placeholder=plain("Who")),
        element("datepicker"),
        element("timepicker"),
    ]
    blocks = [{"type": "actions", "elements": chosen}]
    client.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
    return workspace.channels[CHANNEL].messages[0]


def opened(alice: Person, endpoint: Endpoint, client: WebClient, *blocks: Block) -> View:
    alice.shortcut("open")
    client.views_open(trigger_id=endpoint.received[-1]["trigger_id"], view=modal(*blocks))
    return alice.open_view()


class TestChoosing:
    @pytest.mark.parametrize(
        ("kind", "given", "told"),
        [
            ("overflow", "Reimage", {"selected_option": OPTIONS[1]}),
            ("radio_buttons", "move", {"selected_option": OPTIONS[2]}),
            ("checkboxes", ["cancel", "Move"], {"selected_options": [OPTIONS[0], OPTIONS[2]]}),
            ("users_select", "U0ALICE", {"selected_user": "U0ALICE"}),
            ("datepicker", "2026-03-02", {"selected_date": "2026-03-02"}),
            ("timepicker", "09:30", {"selected_time": "09:30"}),
        ],
    )
    def test_a_choice_in_a_message_is_told(
        self, card: Message, alice: Person, endpoint: Endpoint, kind: str, given: Any, told: Block
    ) -> None:
        """As the action of a click."""
        alice.select(card, kind, given)
        (action,) = endpoint.received[-1]["actions"]
        assert action.items() >= {"type": kind, "action_id": kind, **told}.items()

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("overflow", "Explode"),
            ("users_select", "U0NOBODY"),
            ("datepicker", "2026-02-30"),
            ("datepicker", "20260302"),
            ("timepicker", "24:00"),
        ],
    )
    def test_what_the_screen_does_not_offer_cannot_be_chosen(
        self, card: Message, alice: Person, endpoint: Endpoint, kind: str, given: str
    ) -> None:
        """The app hears nothing."""
        with pytest.raises(NotThere):
            alice.select(card, kind, given)
        assert endpoint.received == []

    def test_a_menu_takes_so_many(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """max_selected_items."""
        menu = asked("multi_static_select", options=OPTIONS, max_selected_items=2)
        view = opened(alice, endpoint, client, menu)
        with pytest.raises(NotThere):
            alice.submit(view, {"b_multi_static_select": ["Cancel", "Reimage", "Move"]})
        assert alice.submit(view, {"b_multi_static_select": ["Cancel", "Move"]}).closed


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


class TestBlocks:
    @pytest.mark.parametrize(
        ("block", "problem"),
        [
            (element("overflow", options=OPTIONS * 2), "no more than 5 items allowed"),
            ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text"),
            ({"type": "image", "alt_text": "x"}, "exactly one of `image_url` or `slack_file`"),
            (
                {"type": "image", "alt_text": "x", "image_url": "u", "slack_file": {"id": "F0"}},
                "exactly one of `image_url` or `slack_file`",
            ),
            ({"type": "video", "alt_text": "x"}, "unsupported type: video"),
            (
                {"type": "rich_text", "elements": [{"type": "rich_text_section"}]},
                "missing required field: elements",
            ),
            (
                {
                    "type": "rich_text",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "mrkdwn", "text": "x"}]}
                    ],
                },
                "unsupported type: mrkdwn",
            ),
        ],
    )
    def test_a_wrong_block_is_refused(self, block: Block, problem: str) -> None:
        """With the reason."""
        placed = {"type": "actions", "elements": [block]} if "action_id" in block else block
        assert problem in " ".join(problems_of_message([placed]))

    def test_rich_text_is_accepted(self) -> None:
        """Lists, links, people, and a table of it."""
        words = [
            {"type": "text", "text": "C02", "style": {"code": True}},
            {"type": "user", "user_id": "U0ALICE"},
            {"type": "link", "url": "https://example.com", "text": "manifest"},
        ]
        section = {"type": "rich_text_section", "elements": words}
        listed = {"type": "rich_text_list", "style": "ordered", "elements": [section], "indent": 1}
        rich = {"type": "rich_text", "elements": [section, listed]}
        table = {"type": "table", "rows": [[{"type": "raw_text", "text": "Serial"}, rich]]}
        assert problems_of_message([rich, table]) == []


class TestViews:
    def test_views_are_pushed_three_deep(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """Each in exchange for a click in the one below."""
        text = plain("More")
        more = {"type": "actions", "elements": [element("button", text=text)]}

        def pushed() -> str:
            alice.click(alice.open_view(), "button")
            trigger_id = endpoint.received[-1]["trigger_id"]
            try:
                return str(client.views_push(trigger_id=trigger_id, view=modal(more))["ok"])
            except SlackApiError as refused:
                return str(refused.response["error"])

        opened(alice, endpoint, client, more)
        assert [pushed() for _ in "abc"] == ["True", "True", "push_limit_reached"]

    def test_a_home_holds_a_hundred_blocks(self, alice: Person, client: WebClient) -> None:
        """And is replaced only by someone who knows it, if they say so."""
        publish = client.views_publish
        lines = [{"type": "divider"}] * 100
        view = publish(user_id=alice.id, view={"type": "home", "blocks": lines})["view"]
        too_long = {"type": "home", "blocks": [*lines, {"type": "divider"}]}
        empty = {"type": "home", "blocks": []}

        assert refusal(publish, user_id=alice.id, view=too_long) == "invalid_arguments"
        assert refusal(publish, user_id=alice.id, view=empty, hash="old") == "hash_conflict"
        assert publish(user_id=alice.id, view=empty, hash=view["hash"])["ok"]
        assert alice.home is not None
        assert alice.home.blocks == []
