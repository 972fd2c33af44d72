"""The page in a real browser, as small as a phone: a scripted app behind it, and once the real
processes.
"""

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from demo.page.app import create_app
from demo.page.bench import Bench
from demo.page.people import CAST, gather
from demo.page.serving import Serving
from demo.page.shortcuts import Shortcut
from demo.playing import page_of, rollcall_at_work
from tests.support.installation import CHANNEL
from tests.support.mac import Mac
from tests.support.slack import Workspace
from tests.support.slack.delivery import TIMEOUT, Answer, Kind, Retry
from tests.support.slack.drafts import Draft
from tests.support.slack.messages import named

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 800}
APP = "U0ROLLCALL"
SHORTCUTS = (Shortcut("Read this box", "read", True), Shortcut("Register Macs", "register", False))
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
JSON = dict[str, Any]
Script = Callable[[JSON], Any]


class ScriptedApp:
    """An app that answers as it is told, by the type of what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard: list[JSON] = []
        self.answers: dict[str, Script] = {}

    def send(self, kind: Kind, payload: JSON, retry: Retry | None = None) -> Answer:
        """The stand-in Slack's door to the app. It is not interested in what is said."""
        del retry
        if kind == "events_api" and payload["event"]["type"] != "app_home_opened":
            return Answer(0.0, 200)
        self.heard.append(payload)
        script = self.answers.get(payload.get("type") or payload["command"])
        body = script(payload) if script else None
        return body if isinstance(body, Answer) else Answer(0.0, 200, body)

    def actions(self) -> list[JSON]:
        """The clicks and choices that it heard of."""
        return [action for payload in self.heard for action in payload.get("actions", ())]


class Play:
    """A page over a Slack of its own, and the browser's windows onto it."""

    def __init__(self, slack: Workspace, app: ScriptedApp, url: str, browser: Browser) -> None:
        self.slack = slack
        self.app = app
        self.url = url
        self.complaints: list[str] = []
        self._browser = browser

    def open(self, place: str = f"U0ALICE/{CHANNEL}", size: Any = PHONE) -> Page:
        """A new window in which no error may turn up in the browser's console."""
        page = self._browser.new_page(viewport=size)
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )
        page.goto(self.url + place)
        return page

    def post(self, *blocks: JSON, text: str = "", thread_ts: str = "") -> Any:
        """The app says something in the channel."""
        channel = self.slack.channels[CHANNEL]
        content = Draft(text, named(list(blocks)), None)
        return self.slack.say(channel, APP, content, thread_ts)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI has to have a Chromium")
        pytest.skip("no Chromium is installed here")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def play(browser: Browser, slack: Workspace) -> Iterator[Play]:
    """The page with a scripted app behind it."""
    gather(slack)
    app = slack.door = ScriptedApp()
    bench = Bench(lambda serial: Mac(serial, "http://127.0.0.1:1", username="", password=""))
    with Serving(create_app(slack, CAST, bench, SHORTCUTS)) as served:
        play = Play(slack, app, served.url, browser)
        yield play
        complaints = list(play.complaints)  # before the windows close in the middle of a request
        for context in browser.contexts:
            context.close()
    assert complaints == []


def say(page: Page, text: str) -> None:
    """Type into the composer and press Enter."""
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def mrkdwn(text: str) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def field(name: str, label: str, element: JSON, **more: Any) -> JSON:
    element = {"action_id": name, **element}
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": element,
        **more,
    }


def window(*blocks: JSON, title: str = "A window", **more: Any) -> JSON:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Leave"),
        "blocks": list(blocks),
        **more,
    }


SERIAL = field("serial", "Serial", {"type": "plain_text_input"})
NOTE = field("note", "Note", {"type": "plain_text_input"}, optional=True)


def test_what_is_typed_is_seen_by_everybody_at_once(play: Play) -> None:
    alice, bob = play.open(), play.open(f"U0BOB/{CHANNEL}")
    say(alice, "is *anybody* there, @bob?")
    for page in (alice, bob):
        expect(page.locator(".message strong")).to_have_text("anybody")
        expect(page.locator(".message .mention")).to_have_text("@bob")
    expect(alice.get_by_label("Message", exact=True)).to_have_value("")


def test_an_answer_to_a_command_is_seen_by_the_typist_alone(play: Play) -> None:
    play.app.answers["/mac"] = lambda payload: {"text": f"You typed {payload['text']}"}
    alice, bob = play.open(), play.open(f"U0BOB/{CHANNEL}")
    say(alice, "/mac list")
    answer = alice.locator(".message", has_text="You typed list")
    expect(answer).to_contain_text("Only visible to you")
    play.post(text="a word to all")
    expect(bob.get_by_text("a word to all")).to_be_visible()
    expect(bob.get_by_text("You typed")).to_have_count(0)


def test_a_command_that_times_out_is_told_to_the_typist(play: Play) -> None:
    play.app.answers["/mac"] = lambda _: Answer(3.0, error=TIMEOUT)
    alice = play.open()
    say(alice, "/mac list")
    expect(alice.get_by_role("alert")).to_contain_text("/mac failed with the error")
    expect(alice.get_by_role("alert")).to_contain_text("operation_timeout")
    expect(alice.get_by_label("Message", exact=True)).to_have_value("/mac list")


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


def test_a_message_that_is_taken_away_leaves_the_page(play: Play) -> None:
    message = play.post(text="a slip")
    alice = play.open()
    expect(alice.get_by_text("a slip")).to_be_visible()
    play.slack.delete(message)
    expect(alice.get_by_text("a slip")).to_have_count(0)


def test_a_thread_is_folded_and_stays_open_once_it_is_opened(play: Play) -> None:
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


def test_a_button_that_asks_first_sends_nothing_until_it_is_confirmed(play: Play) -> None:
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


def test_menus_in_a_message_tell_the_app_what_was_chosen(play: Play) -> None:
    options = [{"text": plain(name.title()), "value": name} for name in ("london", "paris")]
    elements: list[JSON] = [
        {"type": "static_select", "action_id": "where", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "datepicker", "action_id": "when"},
        {"type": "radio_buttons", "action_id": "how", "options": options},
    ]
    play.post({"type": "actions", "elements": [{**elements[0], "placeholder": plain("Where?")}]})
    play.post({"type": "actions", "elements": elements[1:]})
    alice = play.open()
    with alice.expect_response("**/choose"):
        alice.get_by_label("Where?").select_option("Paris")
    alice.get_by_role("button", name="More", exact=True).click()
    with alice.expect_response("**/choose"):
        alice.get_by_role("button", name="London").click()
    with alice.expect_response("**/choose"):
        alice.locator("input[type=date]").fill("2026-03-02")
    with alice.expect_response("**/choose"):
        alice.get_by_label("Paris").check()

    chosen = [
        action.get("selected_date") or action["selected_option"]["value"]
        for action in play.app.actions()
    ]
    assert chosen == ["paris", "london", "2026-03-02", "paris"]


def test_a_window_says_beside_each_field_what_is_wrong_with_it(play: Play) -> None:
    play.app.answers["/mac"] = lambda asked: opened(play, asked, window(SERIAL, NOTE))
    play.app.answers["view_submission"] = lambda _: {
        "response_action": "errors",
        "errors": {"serial": "That is no serial."},
    }
    alice = play.open()
    say(alice, "/mac")
    shown = alice.get_by_role("dialog", name="A window")
    shown.get_by_role("button", name="Send").click()
    wrong = shown.locator(".input", has_text="Serial").locator(".error")
    expect(wrong).to_have_text("Please complete this required field.")

    shown.get_by_label("Serial").fill("nonsense")
    shown.get_by_label("Note").fill("of the lab")
    shown.get_by_role("button", name="Send").click()
    expect(wrong).to_have_text("That is no serial.")
    expect(shown.get_by_label("Serial")).to_have_value("nonsense")
    expect(shown.get_by_label("Note")).to_have_value("of the lab")

    play.app.answers.pop("view_submission")
    shown.get_by_label("Serial").fill("C02XG0FDJGH5")
    shown.get_by_role("button", name="Send").click()
    expect(shown).to_have_count(0)
    values = play.app.heard[-1]["view"]["state"]["values"]
    assert values["serial"]["serial"]["value"] == "C02XG0FDJGH5"
    assert values["note"]["note"]["value"] == "of the lab"


def test_what_is_typed_survives_when_the_app_draws_the_window_anew(play: Play) -> None:
    play.app.answers["/mac"] = lambda asked: opened(play, asked, window(SERIAL))
    alice = play.open()
    say(alice, "/mac")
    shown = alice.get_by_role("dialog", name="A window")
    with alice.expect_response("**/choose"):
        shown.get_by_label("Serial").press_sequentially("C02XG0")
    view = play.slack.person("U0ALICE").open_view()
    play.slack.views.update(view, window(mrkdwn("Six so far"), SERIAL))
    expect(alice.get_by_text("Six so far")).to_be_visible()
    expect(shown.get_by_label("Serial")).to_have_value("C02XG0")
    expect(shown.get_by_label("Serial")).to_be_focused()


def test_a_window_upon_a_window_leads_back(play: Play) -> None:
    play.app.answers["/mac"] = lambda asked: opened(play, asked, window(SERIAL, title="Below"))
    play.app.answers["view_submission"] = lambda _: {
        "response_action": "push",
        "view": window(NOTE, title="Above"),
    }
    alice = play.open()
    say(alice, "/mac")
    shown = alice.get_by_role("dialog", name="Below")
    shown.get_by_label("Serial").fill("C02XG0FDJGH5")
    shown.get_by_role("button", name="Send").click()
    expect(alice.get_by_role("dialog", name="Above")).to_be_visible()
    alice.get_by_role("button", name="Back").click()
    expect(shown).to_be_visible()
    expect(shown.get_by_label("Serial")).to_have_value("C02XG0FDJGH5")
    alice.keyboard.press("Escape")
    expect(shown).to_have_count(0)


def test_a_menu_asks_the_app_for_what_fits_the_letters(play: Play) -> None:
    site = field("site", "Site", {"type": "external_select", "min_query_length": 0})
    names = ("london", "lisbon", "paris")
    play.app.answers["/mac"] = lambda asked: opened(play, asked, window(site))
    play.app.answers["block_suggestion"] = lambda asked: {
        "options": [
            {"text": plain(name), "value": name} for name in names if asked["value"] in name
        ]
    }
    alice = play.open()
    say(alice, "/mac")
    shown = alice.get_by_role("dialog", name="A window")
    shown.get_by_label("Site").press_sequentially("on")
    expect(alice.get_by_role("option")).to_have_text(["london", "lisbon"])
    alice.get_by_role("option", name="lisbon").click()
    expect(shown.get_by_label("Site")).to_have_value("lisbon")
    shown.get_by_role("button", name="Send").click()
    expect(shown).to_have_count(0)
    answer = play.app.heard[-1]["view"]["state"]["values"]["site"]["site"]
    assert answer["selected_option"]["value"] == "lisbon"


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


def test_a_window_takes_files(play: Play) -> None:
    sheet = field("sheet", "Spreadsheet", {"type": "file_input", "filetypes": ["csv"]})
    play.app.answers["/mac"] = lambda asked: opened(play, asked, window(sheet))
    alice = play.open()
    say(alice, "/mac")
    shown = alice.get_by_role("dialog", name="A window")
    shown.get_by_label("Spreadsheet").set_input_files(
        [FilePayload(name="macs.csv", mimeType="text/csv", buffer=b"serial,site")]
    )
    shown.get_by_role("button", name="Send").click()
    expect(shown).to_have_count(0)
    (file,) = play.app.heard[-1]["view"]["state"]["values"]["sheet"]["sheet"]["files"]
    assert file["name"] == "macs.csv"


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


def test_one_can_answer_in_a_thread(play: Play) -> None:
    root = play.post(text="the card")
    play.post(text="a first answer", thread_ts=root.ts)
    alice = play.open()
    alice.get_by_text("1 reply").click()
    alice.get_by_label("Answer in the thread").fill("thank you")
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("2 replies")).to_be_visible()
    expect(alice.get_by_text("thank you")).to_be_visible()
    expect(alice.get_by_label("Answer in the thread")).to_have_value("")


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


@pytest.mark.parametrize("place", [f"U0ALICE/{CHANNEL}", "U0ALICE/macs", "U0ALICE/home"])
def test_nothing_is_wider_than_a_phone(play: Play, place: str) -> None:
    play.post(mrkdwn(f"`{'X' * 200}` {'y' * 200}"), text="long")
    cells = [{"type": "raw_text", "text": "a wide cell " * 4} for _ in range(6)]
    play.post({"type": "table", "rows": [cells, cells]})
    page = play.open(place)
    page.get_by_label("Parts of the page").get_by_text("Macs").wait_for()
    if CHANNEL in place:
        expect(page.locator("table")).to_be_visible()
    wide = page.evaluate(
        "() => [...document.querySelectorAll('body, .scroll')].filter("
        "it => it.scrollWidth > it.clientWidth).map(it => it.className)"
    )
    assert wide == []


def test_a_wide_window_shows_talk_and_macs_side_by_side(play: Play) -> None:
    page = play.open(size=WIDE)
    expect(page.get_by_role("heading", name="imaging")).to_be_visible()
    expect(page.get_by_role("heading", name="Macs on the bench")).to_be_visible()
    page.get_by_role("button", name="Add a Mac").click()
    expect(page.locator(".mac")).to_have_count(1)


def test_one_can_be_somebody_else(play: Play) -> None:
    page = play.open()
    page.get_by_role("button", name="You are alice").click()
    page.get_by_role("link", name="carol").click()
    page.wait_for_url("**/U0CAROL/*")
    say(page, "hello")
    expect(page.locator(".message .by")).to_contain_text("carol")


def test_the_whole_way_through_the_real_processes(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Type, see the card, boot the Mac, see the card change; and a site that nobody knows."""
    folder = tmp_path_factory.mktemp("played")
    with rollcall_at_work(folder) as played, page_of(played) as served:
        played.bench.add("C02XG0FDJGH5")
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(served.url)
        messages = page.get_by_role("log")
        say(page, "/mac register C02XG0FDJGH5 londn design")
        expect(messages).to_contain_text("london", timeout=15_000)
        expect(messages.get_by_text("1 waiting")).to_have_count(0)

        say(page, "/mac register C02XG0FDJGH5 london design")
        expect(messages.get_by_text("1 waiting")).to_be_visible(timeout=15_000)
        page.get_by_label("Parts of the page").get_by_text("Macs").click()
        page.get_by_role("button", name="Boot").click()
        expect(page.locator(".mac .state")).to_have_text("done", timeout=30_000)
        expect(page.locator(".mac .log")).to_contain_text("manifest of C02XG0FDJGH5 is written")
        page.get_by_label("Parts of the page").get_by_text("Channel").click()
        expect(messages.get_by_text("1 confirmed")).to_be_visible(timeout=15_000)
        expect(messages).to_contain_text("C02XG0FDJGH5 is done", timeout=15_000)
        page.context.close()
    assert (folder / "munki_repo/manifests/C02XG0FDJGH5").exists()


def opened(play: Play, asked: JSON, content: JSON) -> None:
    """The app opens a window for who asked, and answers nothing else."""
    play.slack.views.open(asked["user_id"], content)


def published(play: Play, content: JSON) -> None:
    """The app publishes alice's Home."""
    play.slack.views.publish("U0ALICE", content)
