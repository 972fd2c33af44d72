"""views.open, views.update and views.publish at the stand-in, and who hears of them."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import MovableClock, Person
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, buttons, modal, opened


def test_a_trigger_opens_one_view_within_three_seconds(
    alice: Person, endpoint: Endpoint, client: WebClient, clock: MovableClock
) -> None:
    """A view that is refused does not use it up."""
    alice.slash("/mac", channel=CHANNEL)
    alice.slash("/mac", channel=CHANNEL)
    first, second = (sent["trigger_id"] for sent in endpoint.received)

    def error(trigger_id: str, view: dict[str, Any]) -> str:
        with pytest.raises(SlackApiError) as refused:
            client.views_open(trigger_id=trigger_id, view=view)
        return str(refused.value.response["error"])

    assert error(first, {"type": "modal"}) == "invalid_arguments"
    client.views_open(trigger_id=first, view=modal())
    assert error(first, modal()) == "exchanged_trigger_id"
    assert error("1.2.3", modal()) == "invalid_trigger_id"
    clock.move(3.1)
    assert error(second, modal()) == "expired_trigger_id"


def test_a_view_is_updated_while_it_is_open(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """And while its hash is known."""
    view = opened(alice, endpoint, client, modal(callback_id="wait", notify_on_close=True))
    stale = view.hash
    client.views_update(view_id=view.id, view=modal(callback_id="ready"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view.id, hash=stale, view=modal())
    assert view.callback_id == "ready"
    alice.close(view)
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id=view.id, view=modal())


def test_an_app_hears_of_a_dismissed_modal_if_it_asked_to(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """With view_closed."""
    view = opened(alice, endpoint, client, modal(notify_on_close=True))
    alice.close(view)
    assert endpoint.received[-1]["type"] == "view_closed"


def test_the_home_tab_is_published_for_a_person(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """The app is told by an event that a person opens it."""
    reply = alice.open_home()
    home = {"type": "home", "blocks": buttons("refresh")}
    client.views_publish(user_id=alice.id, view=home)
    assert reply.status == 200
    assert endpoint.received[0]["event"]["type"] == "app_home_opened"
    assert alice.home is not None
    alice.click(alice.home, "refresh")
    assert endpoint.received[1]["container"] == {"type": "view", "view_id": alice.home.id}
