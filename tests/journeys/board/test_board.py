"""The board in a browser: in by Slack, a Mac moved and brought back, on page and card."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from provisioning.registrations.models import Registration
from tests.fakes.ldap import slapd
from tests.journeys.board.conftest import House
from tests.journeys.conftest import ZONE
from tests.support.installation import CHANNEL
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

COSTS = "takes seconds of a browser, and one look at each page finds most"


def card_about(house: House, serial: str) -> str:
    """The text of the newest card in Slack that names a Mac."""
    said = [f"{each.text} {each.blocks}" for each in house.slack.channels[CHANNEL].messages]
    return next((text for text in reversed(said) if serial in text), "")


def test_one_act_moves_the_page_and_the_card(house: House) -> None:
    house.register("C02BOARD1")
    eventually(lambda: "london" in card_about(house, "C02BOARD1"))
    page = house.sign_in("U0ALICE")
    expect(page).to_have_url(f"{house.url}/board")
    page.get_by_role("link", name="C02BOARD1").click()
    page.locator("summary", has_text="Move").click()
    page.get_by_label("Site").select_option("new york")
    page.get_by_role("button", name="Move").click()

    expect(page.get_by_role("status")).to_have_text("Moved. The card in Slack is updated soon.")
    expect(page.get_by_text("new york / design", exact=True)).to_be_visible()
    eventually(lambda: "new york" in card_about(house, "C02BOARD1"))
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("london / design", exact=True)).to_be_visible()
    eventually(lambda: "new york" not in card_about(house, "C02BOARD1"))


def test_a_page_shows_moments_in_the_time_zone_of_its_reader(house: House) -> None:
    house.register("C02TIME01")
    with house.database.reading() as session:
        at = session.scalars(select(Registration.created_at).filter_by(serial="C02TIME01")).one()
    page = house.sign_in("U0ALICE")
    expect(page).to_have_url(f"{house.url}/board")
    page.goto(f"{house.url}/board/macs/C02TIME01")

    moment = page.locator("dd time").first
    expect(moment).to_have_text(f"{at.astimezone(ZONE):%-d %b, %H:%M} GMT+5:45")
    expect(moment).to_have_attribute("title", f"{at:%Y-%m-%d %H:%M} UTC")
    live = "document.querySelector('[data-live]')"
    page.evaluate(f"{live}.isKept = true, refresh()")
    assert page.evaluate(f"{live}.isKept")  # nothing is new in it


def test_a_page_that_is_open_hears_of_news(house: House) -> None:
    page = house.sign_in("U0ALICE")
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    assert not page.evaluate("isTold()")
    house.installation.start("live")
    eventually(lambda: page.evaluate("askAt = 0, attend(), isTold()"))
    house.register("C02NEWS01")

    expect(page.get_by_role("link", name="C02NEWS01")).to_be_visible()
    assert page.evaluate("refresh().then(() => tag)")
    house.installation.kill("live")
    eventually(lambda: not page.evaluate("isTold()"))
    house.register("C02NEWS02")
    page.evaluate("tick()")
    # Where it looks already, that does nothing, and the next look is five seconds later.
    expect(page.get_by_role("link", name="C02NEWS02")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in with Slack")).to_be_visible()


def test_a_page_says_when_a_proxy_has_no_server_behind_it(house: House) -> None:
    page = house.sign_in("U0ALICE")
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    page.evaluate("look()")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.route(f"{house.url}/board", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    page.evaluate("look()")

    expect(page.get_by_role("alert")).to_have_text("No connection: this is not up to date.")
    page.unroute_all()
    page.evaluate("look()")
    expect(page.get_by_role("alert")).to_be_hidden()
    house.complaints.clear()  # the browser's own, of the 502


@soak_only("test_screens pairs one; only how large its letters are is seen here alone")
def test_a_screen_is_paired_and_read_from_afar(
    house: House, request: pytest.FixtureRequest
) -> None:
    house.register(*(f"C02WALLWMW{number:02}" for number in range(12)))
    desk = house.sign_in("U0ALICE")
    expect(desk.get_by_role("heading", name="Board")).to_be_visible()
    screen = house.open("/board/wall", {"width": 1920, "height": 1080})
    desk.goto(f"{house.url}/board/screens")
    desk.get_by_label("Code").fill(screen.locator(".code").inner_text())
    desk.get_by_label("Site").select_option("london")
    desk.get_by_role("button", name="Pair the screen").click()
    screen.evaluate("refresh()")

    serial = screen.get_by_text("C02WALLWMW11")
    expect(serial).to_be_visible()
    # A 55-inch screen has 0.63 mm a pixel: letters of 20 mm are read from 4 m.
    assert (
        screen.evaluate("it => parseFloat(getComputedStyle(it).fontSize)", serial.element_handle())
        > 40
    )
    assert screen.evaluate("it => it.scrollWidth <= it.clientWidth", serial.element_handle())
    page = "document.scrollingElement"
    assert screen.evaluate(
        f"{page}.scrollHeight <= innerHeight && {page}.scrollWidth <= innerWidth"
    )
    if folder := request.config.getoption("--basetemp"):
        screen.screenshot(path=f"{folder}/wall.png")


@soak_only("access/sign_in of tests/server/board has it without a browser")
def test_somebody_of_another_provider_is_named_in_slack(house: House) -> None:
    house.register("C02OKTA01", site="paris")
    page = house.sign_in_at_okta("Ada <!channel>", "it")
    page.get_by_role("link", name="C02OKTA01").click()
    page.locator("summary", has_text="Cancel").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("cancelled, by Ada <!channel> (okta)")).to_be_visible()

    page = house.sign_in_at_okta("Eve", "admins")
    page.goto(f"{house.url}/board/test-sign-in")
    page.get_by_role("link", name="Test Okta").click()
    expect(page.get_by_role("status")).to_have_text("This person would be let in.")
    page.goto(f"{house.url}/board/sessions/others")
    expect(page.get_by_role("button", name="End this session").first).to_be_visible()


@soak_only("test_ldap has it without a browser")
@pytest.mark.skipif(not slapd.is_possible(), reason="slapd or python-ldap is not installed")
def test_somebody_signs_in_with_the_password_of_a_directory(house: House) -> None:
    house.windows.clear_cookies()
    page = house.open("/board/sign-in")
    page.get_by_role("link", name="Sign in with Example Corp.").click()
    for user, password in (("alice", "wrong"), ("alice", slapd.PASSWORDS["alice"])):
        page.goto(f"{house.url}/board/sign-in/corp")
        page.get_by_label("Name").fill(user)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        if password == "wrong":
            expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    expect(page).to_have_url(f"{house.url}/board")
    expect(page.locator(".who")).to_have_text("Alice <b>")


@soak_only("test_sign_in has it without a browser, and the way above the sign-in with one")
def test_a_guest_is_refused_and_told_why(house: House) -> None:
    page = house.sign_in("U0GUEST")

    expect(page.get_by_role("alert")).to_contain_text("you are a guest in this workspace")
    page.goto(f"{house.url}/board")
    expect(page).to_have_url(f"{house.url}/board/sign-in")


@soak_only(COSTS)
def test_the_first_stop_of_the_keyboard_leads_to_the_content(house: House) -> None:
    page: Page = house.sign_in("U0BOB")
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
