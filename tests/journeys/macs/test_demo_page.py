"""The demo's page in a real browser, with the real processes behind it."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support.installation import CHANNEL
from tests.support.running.page import PHONE, TOO_WIDE, say
from tests.support.soaking import soak_only
from tools.demo.playing import Played, page_of
from tools.demo.story import Story

SERIAL = "C33PW8NMHV2K"
OF_DORA = "H9ZTQ41RWX"


def test_a_command_is_typed_and_its_mac_booted_on_the_demo_page(
    played: Played, windows: BrowserContext
) -> None:
    """Type, see the card, boot the Mac, see the card change; and a site that does not exist."""
    played.bench.add(SERIAL)
    with page_of(played) as served:
        page = windows.new_page()
        page.set_viewport_size(PHONE)
        page.goto(f"{served.url}U0BOB/{CHANNEL}")  # whom no other test makes type
        messages = page.get_by_role("log").locator(".message")
        say(page, f"/mac register {SERIAL} londn design")
        expect(messages.filter(has_text="Only visible to you")).to_contain_text("london")
        card = messages.filter(has_text=SERIAL)
        expect(card.get_by_text("1 waiting")).to_have_count(0)

        say(page, f"/mac register {SERIAL} london design")
        expect(card.get_by_text("1 waiting")).to_be_visible(timeout=15_000)
        assert page.evaluate(TOO_WIDE) == []
        page.get_by_label("Parts of the page").get_by_text("Macs").click()
        page.get_by_role("button", name="Boot").click()
        expect(page.locator(".mac .state")).to_have_text("done", timeout=30_000)
        expect(page.locator(".mac .log")).to_contain_text(f"manifest of {SERIAL} is written")
        page.get_by_label("Parts of the page").get_by_text("Channel").click()
        expect(card.get_by_text("1 confirmed")).to_be_visible(timeout=15_000)
        expect(messages.filter(has_text=f"{SERIAL} is done")).to_be_visible(timeout=15_000)
        page.close()
    assert played.rollcall.manifest(SERIAL).exists()


def test_the_story_of_the_terminal_comes_to_its_end(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    Story(played.slack, played.rollcall).play()

    told = capsys.readouterr().out
    assert "is done: its manifest is written" in told
    assert "<http" not in told  # links as a client of Slack shows them


@soak_only("test_languages has who is answered in which one, and the way above all of the page")
def test_two_languages_on_a_phone(played: Played, windows: BrowserContext) -> None:
    """A person is answered in German, the channel hears English, and all fits a phone."""
    with page_of(played) as served:
        page = windows.new_page()
        page.set_viewport_size(PHONE)
        page.goto(f"{served.url}U0DORA/{CHANNEL}")
        messages = page.get_by_role("log").locator(".message")
        say(page, f"/mac register {OF_DORA} london design")
        answer = messages.filter(has_text="Only visible to you").last
        expect(answer).to_contain_text(f"{OF_DORA} für london / design registriert.")
        expect(answer.get_by_role("button", name="Rückgängig machen")).to_be_visible()
        card = messages.filter(has_text=f"{OF_DORA} waiting")
        expect(card.get_by_role("button", name="Cancel")).to_be_visible(timeout=15_000)
        card.get_by_role("button", name="Cancel").click()
        window = page.get_by_role("dialog", name="Stornieren")
        expect(window.get_by_role("button", name="Diesen Mac stornieren")).to_be_visible()
        assert page.evaluate(TOO_WIDE) == []
        page.goto(f"{served.url}U0DORA/home")
        expect(page.get_by_text("davon haben Sie registriert")).to_be_visible(timeout=15_000)
        assert page.evaluate(TOO_WIDE) == []
        page.close()
