"""All pages of the board in one window: nothing serious is found by axe; several Macs are moved."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from provisioning.access.programs import tokens
from provisioning.access.programs.models import CHANGE, READ
from provisioning.access.programs.tokens import TokenRequest
from provisioning.monitoring.mail import stops
from provisioning.monitoring.mail.models import ALL, MailBounce, MailChoice
from provisioning.monitoring.mail.stops import StopLinks
from provisioning.monitoring.webhooks import hooks
from server.board.navigation import NAVIGATION
from tests.journeys.board.conftest import MAILED, House
from tests.support.installation import SECRET_KEY
from tests.support.running.page import FAINT, PHONE, SMALL, UNNAMED
from tests.support.soaking import SOAK, in_soak, soak_only

COSTS = "takes seconds of a browser, and one look at each page finds most"
SERIOUS = ("serious", "critical")
# A list, a table to tick, a Mac, a question before an act, pictures, findings, a page for anybody.
OF_EACH_KIND = (
    "/board",
    "/board/registrations",
    "/board/batches",
    "/board/macs/C02AXE001",
    "/board/registrations/act?verb=move&which=all",
    "/board/statistics",
    "/board/places",
    "/board/doctor",
    "/board/sign-in",
)
# What a row is called may take some lines, and leaves a phone room for what is said of it.
WIDE = """() => [...document.querySelectorAll('th[scope=row]')].filter(
  it => it.offsetWidth > 320
).map(it => `too wide: ${it.textContent}`)"""
# A text of which each letter has a line of its own.
SQUEEZED = """() => [...document.querySelectorAll('main :not(svg *)')].filter(it => {
  const text = document.createRange();
  text.selectNodeContents(it);
  const box = text.getBoundingClientRect();
  return box.width && box.width < 40 && box.height > 80;
}).map(it => `squeezed: ${it.textContent.trim()}`)"""
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"color-contrast": {"enabled": SOAK}},  # FAINT is as strict, and takes a tenth of it
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}


@pytest.mark.parametrize("scheme", ["dark", *in_soak(COSTS, "light")])
def test_axe_finds_nothing_serious_on_any_page(
    house: House, scheme: str, request: pytest.FixtureRequest
) -> None:
    house.register("C02AXE001", "C02AXE002")
    furnish(house)
    page = house.sign_in("U0ADMIN")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    folder = request.config.getoption("--basetemp")

    for path in paths() if SOAK else OF_EACH_KIND:
        page.goto(house.url + path)
        assert (path, list(hindrances(page))) == (path, [])
        if folder:
            name = re.sub(r"\W", "-", f"{path}-{scheme}")
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def furnish(house: House) -> None:
    """Have something on the pages about other programs, and about mail that is not sent."""
    at, url = datetime.now(UTC), f"https://inventory.example.com/{'long' * 30}"
    with house.database.begin() as session:
        for description in ("", "Inventory"):
            hook = hooks.make(session, url, by="U0ADMIN", at=at, description=description)
        hooks.end(session, hook.id, by="U0ADMIN", reason="it answered 410", at=at)
        tokens.make(session, TokenRequest("desk" * 15, (READ, CHANGE)), made_by="U0ADMIN", at=at)
        stops.stop(session, MAILED, ALL, at)
        bounce = {"reason": "550 no such user", "bounced_at": at}
        for address in (MAILED, "ada@example.com"):
            session.merge(MailBounce(address=address, **bounce))
        choice = {"address": "ada@example.com", "confirmed_at": at}
        session.merge(MailChoice(account_id="U0ADMIN", **choice))


def paths() -> list[str]:
    """The addresses of all pages: those of the menu, and those behind them."""
    return [
        *(entry.path for entry in NAVIGATION),
        "/board/macs/C02AXE001",
        "/board/macs/C02AXE001/preview",
        "/board/macs/C02AXE001/replace?new=C02AXE009",
        "/board/registrations/act?verb=move&which=all",
        "/board/doctor?whole=yes",
        "/board/sessions/others",
        "/board/sign-in",
        "/board/code",
        StopLinks(SECRET_KEY).make("", MAILED, ALL),
    ]


def hindrances(page: Page) -> Iterator[str]:
    """The hindrances on a page, all of it unfolded, for fingers, weak eyes and screen readers."""
    page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true })")
    for each in Axe().run(page, options=OPTIONS).response["violations"]:
        if each["impact"] in SERIOUS:
            yield f"{each['id']} ({each['impact']}): {each['nodes'][0]['html']}"
    for check in (SMALL, FAINT, UNNAMED, WIDE):
        yield from page.evaluate(check)
    for width in (PHONE["width"], PHONE["width"] * 4 // 3, PHONE["width"] * 2):
        page.set_viewport_size({**PHONE, "width": width})
        yield from page.evaluate(SQUEEZED)
        if page.evaluate("document.scrollingElement.scrollWidth") > width:
            yield f"it is wider than a window of {width} pixels"
    page.set_viewport_size(PHONE)


@soak_only("test_bulk has it without a browser")
def test_several_macs_are_moved_at_once_and_brought_back(house: House) -> None:
    house.register("C02BULK01", "C02BULK02", "C02BULK03")
    page = house.sign_in("U0ALICE")
    page.goto(f"{house.url}/board/registrations?q=C02BULK")
    for serial in ("C02BULK01", "C02BULK02"):
        page.get_by_role("checkbox", name=serial).check()
    page.get_by_role("button", name="Move").click()

    expect(page.get_by_role("heading", name="Move: 2 Macs")).to_be_visible()
    page.get_by_label("Site").select_option("new york")
    page.get_by_label("Build").select_option("basic")
    page.get_by_role("button", name="Move").click()

    done = page.get_by_role("status").first
    expect(done).to_have_text("2 Macs moved to new york / basic.")
    expect(page.get_by_role("row", name="C02BULK03")).to_contain_text("london")
    expect(page.get_by_role("row", name="C02BULK01")).to_contain_text("new york")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_have_text("That was undone.")
    expect(page.get_by_role("row", name="C02BULK01")).to_contain_text("london")
