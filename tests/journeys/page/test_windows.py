"""Windows of the app on the page: their fields, their errors and the windows after them."""

from playwright.sync_api import FilePayload, expect

from tests.support.running.page import BROWSER, Play, field, mrkdwn, opened, plain, say, window
from tests.support.soaking import soak_only

SERIAL = field("serial", "Serial", {"type": "plain_text_input"})
NOTE = field("note", "Note", {"type": "plain_text_input"}, optional=True)


@soak_only(BROWSER)
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


@soak_only(BROWSER)
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


@soak_only(BROWSER)
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


@soak_only(BROWSER)
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


@soak_only(BROWSER)
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
