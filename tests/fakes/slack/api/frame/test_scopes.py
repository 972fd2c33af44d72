"""The scope that each method of the stand-in takes."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Workspace
from tests.fakes.slack.apps.app import EVENTS, SCOPES
from tests.fakes.slack.conftest import CHANNEL, client_of
from tests.fakes.slack.sending.events import SCOPES_OF
from tests.support.tables import for_each

NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.open": "im:write",
    "files.info": "files:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "users.info": "users:read",
    "users.list": "users:read",
    "usergroups.users.list": "usergroups:read",
}


@for_each(("method", "scope"), NEEDED.items())
def test_a_method_is_refused_without_its_scope(method: str, scope: str) -> None:
    """And says which one is missing, and which are there."""
    with Workspace(scopes={"commands"}) as narrow:
        narrow.add_channel(CHANNEL, name="imaging")
        with pytest.raises(SlackApiError) as refused:
            client_of(narrow).api_call(method, params={"channel": CHANNEL})
    answer = refused.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert answer["provided"] == "commands"


def test_an_app_has_the_scopes_of_the_events_that_it_hears() -> None:
    """As an app manifest must list them; it may not write where it was not invited."""
    assert {SCOPES_OF[event] for event in EVENTS if event in SCOPES_OF} <= SCOPES
    assert "chat:write.public" not in SCOPES
