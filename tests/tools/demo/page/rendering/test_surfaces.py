"""Names of the fields on a screen, and answers that are made of a form's values."""

from typing import Any

import pytest

from tests.fakes.slack import NotThere, Workspace
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tools.demo.page.rendering.surfaces import field_name, find, given, name_of


def block(block_id: str, action_id: str, kind: str = "plain_text_input") -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "element": {"type": kind, "action_id": action_id},
    }


def test_a_field_goes_by_its_action_unless_another_shares_it() -> None:
    blocks = [block("b1", "same"), block("b2", "same"), block("b3", "own")]
    names = [field_name(blocks, each, each["element"]) for each in blocks]
    assert names == ["b1", "b2", "own"]


@for_each(
    ("kind", "values", "answer"),
    [
        ("plain_text_input", ["C02"], "C02"),
        ("plain_text_input", [""], None),
        ("static_select", [], None),
        ("multi_external_select", ["a", "b"], ["a", "b"]),
        ("multi_external_select", [], []),
    ],
)
def test_a_forms_values_become_what_a_person_gives(
    kind: str, values: list[str], answer: object
) -> None:
    assert given({"type": kind}, values) == answer


def test_a_message_is_found_by_its_name_until_it_is_gone(slack: Workspace) -> None:
    alice = slack.person("U0ALICE", name="alice")
    message = alice.say(CHANNEL, "hello")
    assert find(slack, alice, name_of(message)) is message
    slack.delete(message)
    with pytest.raises(NotThere):
        find(slack, alice, name_of(message))


@for_each("name", ["", "v.V0", "m.C0NOWHERE.1", "m.C0IMAGING", "x.y.z"])
def test_what_is_on_no_screen_is_not_there(slack: Workspace, name: str) -> None:
    with pytest.raises(NotThere):
        find(slack, slack.person("U0ALICE"), name)


def test_nobody_touches_the_window_of_somebody_else(slack: Workspace) -> None:
    title = {"type": "plain_text", "text": "Alice’s"}
    content = {"type": "modal", "title": title, "blocks": [{"type": "divider"}]}
    view = slack.views.open("U0ALICE", content)
    assert find(slack, slack.person("U0ALICE"), name_of(view)) is view
    with pytest.raises(NotThere):
        find(slack, slack.person("U0BOB"), name_of(view))
