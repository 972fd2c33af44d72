"""The page under a thumb and in the dark: what is used is large enough, what is read stands out."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.slack.state.drafts import Draft
from tests.fakes.slack.state.messages import named
from tests.support.installation import CHANNEL
from tests.support.running.page import APP, BROWSER, FAINT, SMALL, Play, mrkdwn, plain
from tests.support.soaking import soak_only
from tools.demo.page.bench import DONE

BUTTONS: list[dict[str, Any]] = [
    {"type": "button", "action_id": name, "value": "1", "text": plain(name), **keys}
    for name, keys in (
        ("Register", {"style": "primary"}),
        ("Cancel", {"style": "danger"}),
        ("Details", {}),
    )
]
Scheme = Literal["light", "dark"]


def furnished(play: Play, scheme: Scheme, place: str = CHANNEL) -> Page:
    """The page with a message of every look, and a Mac in every state."""
    root = play.post(mrkdwn("`C02AAA` of <@U0BOB> :warning:"))
    play.post({"type": "actions", "elements": BUTTONS})
    play.post(mrkdwn("an answer"), thread_ts=root.ts)
    page = play.open(f"U0ALICE/{place}")
    page.emulate_media(color_scheme=scheme)
    for state in ("off", "booting", "refused", "done", "stopped"):
        mac = play.bench.add()
        mac.becomes(state, "it says something")
    return page


@soak_only(BROWSER)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_everything_is_large_enough_for_a_finger_and_stands_out(play: Play, scheme: Scheme) -> None:
    page = furnished(play, scheme)
    expect(page.get_by_role("button", name="Details")).to_be_visible()
    for place in (CHANNEL, "macs"):
        page.goto(f"{play.url}U0ALICE/{place}")
        expect(page.locator(".part:visible").first).to_be_visible()
        assert (page.evaluate(SMALL), page.evaluate(FAINT)) == ([], []), place


@soak_only(BROWSER)
def test_the_page_is_dark_where_the_system_is(play: Play) -> None:
    page = play.open()
    paper = "getComputedStyle(document.querySelector('.talk')).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    assert (light, page.evaluate(paper)) == ("rgb(255, 255, 255)", "rgb(20, 28, 30)")


@soak_only(BROWSER)
def test_a_finished_mac_is_not_asked_to_boot(play: Play) -> None:
    play.bench.add("C02AAA").becomes(DONE)
    page = play.open("U0ALICE/macs")

    expect(page.locator(".mac .state")).to_have_text("done")
    expect(page.locator(".mac .button")).to_have_text(["Boot again"])
    expect(page.locator(".mac .primary")).to_have_count(0)


@soak_only(BROWSER)
def test_a_reply_that_is_sent_to_the_channel_is_seen_and_used_there(play: Play) -> None:
    root = play.post(text="a list")
    blocks = named([mrkdwn("2 Macs"), {"type": "actions", "elements": BUTTONS[:1]}])
    draft = Draft("C02AAA and C02BBB", blocks, None)
    play.slack.say(play.slack.channels[CHANNEL], APP, draft, root.ts, broadcast=True)
    page = play.open()

    expect(page.get_by_text("replied to a thread")).to_be_visible()
    with page.expect_response("**/press"):
        page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("C02AAA and C02BBB")).to_be_hidden()
    page.get_by_text("1 reply").click()
    expect(page.get_by_text("C02AAA and C02BBB")).to_be_visible()
    expect(page.get_by_role("link", name="Also sent to the channel")).to_be_visible()
