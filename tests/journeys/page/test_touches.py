"""Buttons and menus on the page, in messages and on the app's Home."""

from playwright.sync_api import Page, expect

from tests.support.running.page import BROWSER, JSON, Play, mrkdwn, plain, published
from tests.support.soaking import soak_only


def test_a_message_tells_the_app_what_was_pressed_and_chosen(play: Play) -> None:
    confirm = {
        "title": plain("Move it?"),
        "text": plain("It goes to paris."),
        "confirm": plain("Move"),
        "deny": plain("Leave it"),
    }
    button = {"type": "button", "action_id": "move", "value": "1", "text": plain("Move it here")}
    play.post({**mrkdwn("elsewhere"), "accessory": {**button, "confirm": confirm}})
    alice = play.open()
    alice.get_by_role("button", name="Move it here").click()
    expect(alice.get_by_text("It goes to paris.")).to_be_visible()
    alice.get_by_role("button", name="Leave it").click()
    expect(alice.get_by_text("It goes to paris.")).to_be_hidden()
    assert not play.app.actions()

    alice.get_by_role("button", name="Move it here").click()
    with alice.expect_response("**/press"):
        alice.get_by_role("button", name="Move", exact=True).click()
    (action,) = play.app.actions()
    assert (action["action_id"], action["value"]) == ("move", "1")

    _choose(play, alice)
    chosen = [action["selected_option"]["value"] for action in play.app.actions()[1:]]
    assert chosen == ["paris", "london"]


def _choose(play: Play, alice: Page) -> None:
    """Post every menu that a message may have, and choose from each."""
    options = [{"text": plain(name.title()), "value": name} for name in ("london", "paris")]
    elements: list[JSON] = [
        {"type": "static_select", "action_id": "where", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
    ]
    play.post({"type": "actions", "elements": [{**elements[0], "placeholder": plain("Where?")}]})
    play.post({"type": "actions", "elements": elements[1:]})
    with alice.expect_response("**/choose"):
        alice.get_by_label("Where?").select_option("Paris")
    alice.get_by_role("button", name="More", exact=True).click()
    with alice.expect_response("**/choose"):
        alice.get_by_role("button", name="London").click()


@soak_only(BROWSER)
def test_shortcuts_are_in_the_menus_that_they_belong_to(play: Play) -> None:
    play.post(text="a photo of a box")
    alice = play.open()
    alice.get_by_role("button", name="More actions").click()
    with alice.expect_response("**/shortcut"):
        alice.get_by_role("button", name="Read this box").click()
    alice.get_by_role("button", name="Shortcuts").click()
    with alice.expect_response("**/shortcut"):
        alice.get_by_role("button", name="Register Macs").click()
    heard = [(payload["type"], payload["callback_id"]) for payload in play.app.heard]
    assert heard == [("message_action", "read"), ("shortcut", "register")]


@soak_only(BROWSER)
def test_the_apps_home_is_opened_and_its_buttons_work(play: Play) -> None:
    button = {"type": "button", "action_id": "again", "text": plain("Count again")}
    blocks = [mrkdwn("3 Macs wait"), {"type": "actions", "elements": [button]}]
    home = {"type": "home", "blocks": blocks}
    play.app.answers["event_callback"] = lambda _: published(play, home)
    alice = play.open("U0ALICE/home")
    expect(alice.get_by_text("3 Macs wait")).to_be_visible()
    play.app.answers["block_actions"] = lambda _: published(
        play, {"type": "home", "blocks": [mrkdwn("4 Macs wait")]}
    )
    alice.get_by_role("button", name="Count again").click()
    expect(alice.get_by_text("4 Macs wait")).to_be_visible()
