"""blocks.validate of the stand-in, by docs.slack.dev/reference/methods/blocks.validate."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Workspace
from tests.fakes.slack.conftest import client_of
from tests.support.tables import for_each

GOOD = {"type": "section", "text": {"type": "plain_text", "text": "Hello world"}}
BAD = {"type": "section", "text": {"type": "invalid", "text": "Hello world"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "My Modal"}}


def test_what_slack_would_show_is_ok(slack: Workspace) -> None:
    client = client_of(slack)
    assert client.blocks_validate(blocks=[GOOD])["ok"]
    assert client.blocks_validate(message={"blocks": [GOOD]})["ok"]
    assert client.blocks_validate(view={**MODAL, "blocks": [GOOD]})["ok"]


@for_each(
    ("given", "error", "pointer"),
    [
        ({"blocks": [BAD]}, "invalid_blocks", "/0/text/type"),
        ({"message": {"blocks": [BAD]}}, "invalid_message", "/blocks/0/text/type"),
        ({"view": {**MODAL, "blocks": [BAD]}}, "invalid_view", "/blocks/0/text/type"),
    ],
)
def test_what_slack_would_refuse_is_answered_with_its_place(
    slack: Workspace, given: dict[str, object], error: str, pointer: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        client_of(slack).blocks_validate(**given)  # type: ignore[arg-type]
    answer = refused.value.response
    assert answer["error"] == error
    assert answer["errors"][0]["pointer"] == pointer
    assert answer["errors"][0]["code"] == "failed_constraint"


@for_each("given", [{}, {"blocks": [GOOD], "message": {"blocks": [GOOD]}}])
def test_exactly_one_is_validated(slack: Workspace, given: dict[str, object]) -> None:
    with pytest.raises(SlackApiError) as refused:
        client_of(slack).blocks_validate(**given)  # type: ignore[arg-type]
    assert refused.value.response["error"] == "invalid_arguments"
