"""Menus, pickers and files that people use at the stand-in, on each surface."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Message, NotThere, Person, View, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.blocks.surfaces import problems_of_message
from tests.fakes.slack.conftest import CHANNEL, refusal
from tests.support.tables import for_each

Block = dict[str, Any]
OPTIONS = [
    {"text": {"type": "plain_text", "text": label}, "value": label.lower()}
    for label in ("Cancel", "Reimage", "Move")
]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def in_a_table(section: Block) -> Block:
    return {"type": "table", "rows": [[{"type": "rich_text", "elements": [section]}]]}


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
    chosen = [element("overflow", options=OPTIONS), element("static_select", options=OPTIONS)]
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
            ("static_select", "move", {"selected_option": OPTIONS[2]}),
        ],
    )
    def test_a_choice_in_a_message_is_told(
        self, card: Message, alice: Person, endpoint: Endpoint, kind: str, given: Any, told: Block
    ) -> None:
        """As the action of a click."""
        alice.select(card, kind, given)
        (action,) = endpoint.received[-1]["actions"]
        assert action.items() >= {"type": kind, "action_id": kind, **told}.items()

    def test_what_the_screen_does_not_offer_cannot_be_chosen(
        self, card: Message, alice: Person, endpoint: Endpoint
    ) -> None:
        """The app hears nothing."""
        for kind in ("overflow", "static_select"):
            with pytest.raises(NotThere):
                alice.select(card, kind, "Explode")
        assert endpoint.received == []

    def test_a_menu_takes_so_many(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """max_selected_items."""
        menu = asked("multi_external_select", min_query_length=0, max_selected_items=2)
        view = opened(alice, endpoint, client, menu)
        endpoint.answers = lambda: (
            {"options": OPTIONS} if endpoint.received[-1]["type"] == "block_suggestion" else ""
        )
        with pytest.raises(NotThere):
            alice.submit(view, {"b_multi_external_select": ["Cancel", "Reimage", "Move"]})
        assert alice.submit(view, {"b_multi_external_select": ["Cancel", "Move"]}).closed


class TestBlocks:
    @for_each(
        ("block", "problem"),
        [
            (element("overflow", options=OPTIONS * 2), "no more than 5 items allowed"),
            (
                asked("plain_text_input", min_length=9, max_length=8),
                "`min_length` must not be more than `max_length`",
            ),
            (
                asked("plain_text_input", max_length=3, initial_value="C02X"),
                "must be less than 4 characters",
            ),
            (element("button", text=plain("x"), url="/board"), "must match the pattern"),
            ({"type": "video", "alt_text": "x"}, "unsupported type: video"),
            (in_a_table({"type": "rich_text_section"}), "missing required field: elements"),
            (
                in_a_table(
                    {"type": "rich_text_section", "elements": [{"type": "mrkdwn", "text": "x"}]}
                ),
                "unsupported type: mrkdwn",
            ),
        ],
    )
    def test_a_wrong_block_is_refused(self, block: Block, problem: str) -> None:
        """With the reason."""
        placed = {"type": "actions", "elements": [block]} if "action_id" in block else block
        assert problem in " ".join(problems_of_message([placed]))

    def test_rich_text_is_accepted(self) -> None:
        """Links and people, in a table."""
        words = [
            {"type": "text", "text": "C02", "style": {"code": True}},
            {"type": "user", "user_id": "U0ALICE"},
            {"type": "link", "url": "https://example.com", "text": "manifest"},
        ]
        section = {"type": "rich_text_section", "elements": words}
        assert problems_of_message([in_a_table(section)]) == []


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
