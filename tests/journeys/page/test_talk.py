"""The page in a real browser, as small as a phone, with a scripted app behind it."""

import base64

from playwright.sync_api import FilePayload, expect

from tests.fakes.slack.sending.delivery import TIMEOUT, Answer
from tests.fakes.slack.state.drafts import Draft
from tests.fakes.slack.state.messages import named
from tests.support.installation import CHANNEL
from tests.support.running.page import BROWSER, TOO_WIDE, Play, mrkdwn, plain, say
from tests.support.soaking import soak_only

WIDE = {"width": 1280, "height": 800}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@soak_only("the demo's journey types, and sees cards change")
def test_what_is_typed_is_seen_by_everybody_at_once_and_what_is_taken_away_by_nobody(
    play: Play,
) -> None:
    alice, bob = play.open(), play.open(f"U0BOB/{CHANNEL}")
    say(alice, "is *anybody* there, @bob?")
    for page in (alice, bob):
        expect(page.locator(".message strong")).to_have_text("anybody")
        expect(page.locator(".message .mention")).to_have_text("@bob")
    expect(alice.get_by_label("Message", exact=True)).to_have_value("")

    message = play.post(text="a slip")
    expect(bob.get_by_text("a slip")).to_be_visible()
    play.slack.delete(message)
    expect(bob.get_by_text("a slip")).to_have_count(0)


@soak_only(BROWSER)
def test_the_answer_to_a_command_and_its_failure_are_seen_by_the_typist_alone(play: Play) -> None:
    play.app.answers["/mac"] = lambda payload: {"text": f"You typed {payload['text']}"}
    alice, bob = play.open(), play.open(f"U0BOB/{CHANNEL}")
    say(alice, "/mac list")
    answer = alice.locator(".message", has_text="You typed list")
    expect(answer).to_contain_text("Only visible to you")
    play.app.answers["/mac"] = lambda _: Answer(3.0, error=TIMEOUT)
    say(alice, "/mac list")
    expect(alice.get_by_role("alert")).to_contain_text("/mac failed with the error")
    expect(alice.get_by_role("alert")).to_contain_text("operation_timeout")
    expect(alice.get_by_label("Message", exact=True)).to_have_value("/mac list")

    play.post(text="a word to all")
    expect(bob.get_by_text("a word to all")).to_be_visible()
    expect(bob.get_by_text("You typed")).to_have_count(0)
    expect(bob.get_by_text("operation_timeout")).to_have_count(0)


@soak_only(BROWSER)
def test_a_card_is_edited_in_place_without_disturbing_who_types(play: Play) -> None:
    menu = {"type": "static_select", "action_id": "where", "placeholder": plain("Where?")}
    options = [{"text": plain(name), "value": name} for name in ("london", "paris")]
    play.post({"type": "actions", "elements": [{**menu, "options": options}]})
    card = play.post(mrkdwn("1 waiting"))
    alice = play.open()
    expect(alice.get_by_text("1 waiting")).to_be_visible()
    alice.get_by_label("Message", exact=True).press_sequentially("/mac reg")
    typed = alice.locator("#text").element_handle()
    select = alice.get_by_label("Where?").element_handle()

    play.slack.edit(card, Draft("", named([mrkdwn("1 confirmed")]), None))

    expect(alice.get_by_text("1 confirmed")).to_be_visible()
    expect(alice.get_by_text("(edited)")).to_be_visible()
    expect(alice.get_by_text("1 waiting")).to_have_count(0)
    assert typed.evaluate("it => it.isConnected && it === document.activeElement")
    assert select.evaluate("it => it.isConnected")
    expect(alice.get_by_label("Message", exact=True)).to_have_value("/mac reg")


@soak_only(BROWSER)
def test_a_thread_is_folded_stays_open_once_it_is_opened_and_is_answered_in(play: Play) -> None:
    root = play.post(text="the card")
    play.post(text="a first answer", thread_ts=root.ts)
    alice = play.open()
    expect(alice.get_by_text("1 reply")).to_be_visible()
    expect(alice.get_by_text("a first answer")).to_be_hidden()
    alice.get_by_text("1 reply").click()
    expect(alice.get_by_text("a first answer")).to_be_visible()
    play.post(text="a second answer", thread_ts=root.ts)
    expect(alice.get_by_text("a second answer")).to_be_visible()
    expect(alice.get_by_text("2 replies")).to_be_visible()

    alice.get_by_label("Answer in the thread").fill("thank you")
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("3 replies")).to_be_visible()
    expect(alice.get_by_text("thank you")).to_be_visible()
    expect(alice.get_by_label("Answer in the thread")).to_have_value("")


@soak_only(BROWSER)
def test_files_are_dropped_and_pictures_are_shown(play: Play) -> None:
    alice, bob = play.open(), play.open(f"U0BOB/{CHANNEL}")
    alice.get_by_label("Message", exact=True).fill("two boxes")
    alice.get_by_label("Attach files").set_input_files(
        [
            FilePayload(name="label.png", mimeType="image/png", buffer=PNG),
            FilePayload(
                name="page.html", mimeType="text/html", buffer=b"<script>alert(1)</script>"
            ),
        ]
    )
    alice.get_by_role("button", name="Send").click()
    picture = bob.get_by_role("img", name="label.png")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)
    expect(bob.get_by_text("page.html")).to_be_visible()
    address = bob.get_by_role("link", name="page.html").get_attribute("href")
    answer = bob.request.get(f"{play.url.rstrip('/')}{address}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


@soak_only(BROWSER)
def test_nothing_is_wider_than_a_phone(play: Play) -> None:
    play.post(mrkdwn(f"`{'X' * 200}` {'y' * 200}"), text="long")
    cells = [{"type": "raw_text", "text": "a wide cell " * 4} for _ in range(6)]
    play.post({"type": "table", "rows": [cells, cells]})
    page = play.open()
    expect(page.locator("table")).to_be_visible()
    for place in (CHANNEL, "macs", "home"):
        page.goto(f"{play.url}U0ALICE/{place}")
        page.get_by_label("Parts of the page").get_by_text("Macs").wait_for()
        assert page.evaluate(TOO_WIDE) == [], place


@soak_only(BROWSER)
def test_a_wide_window_shows_talk_and_macs_side_by_side(play: Play) -> None:
    page = play.open(size=WIDE)
    expect(page.get_by_role("heading", name="imaging")).to_be_visible()
    expect(page.get_by_role("heading", name="Macs on the bench")).to_be_visible()
    page.get_by_role("button", name="Add a Mac").click()
    expect(page.locator(".mac")).to_have_count(1)


@soak_only(BROWSER)
def test_one_can_be_somebody_else(play: Play) -> None:
    page = play.open()
    page.get_by_role("button", name="You are alice").click()
    page.get_by_role("link", name="carol").click()
    page.wait_for_url("**/U0CAROL/*")
    say(page, "hello")
    expect(page.locator(".message .by")).to_contain_text("carol")
