"""Macs handed in on the board: a photo and a list, a row put right, cards in Slack, and back."""

import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.board.conftest import House
from tests.journeys.board.test_board import card_about
from tests.support.inputs.labels import Label, encoded, photo
from tests.support.running.page import FAINT, PHONE, SMALL, UNNAMED
from tests.support.soaking import SOAK
from tests.support.waiting import eventually

WIDE = {"width": 1280, "height": 900}


def look(page: Page, folder: Path | None) -> None:
    """Check that a page fits a phone, a finger, weak eyes and a screen reader."""
    path = page.url
    for part in page.locator("main details > summary").all():
        part.click()
    assert (path, page.evaluate(SMALL), page.evaluate(FAINT)) == (path, [], [])
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], path
    assert (path, page.evaluate(UNNAMED)) == (path, [])
    if folder:
        name = re.sub(r"\W", "-", page.title())
        page.screenshot(path=f"{folder}/dark-{name}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.screenshot(path=f"{folder}/wide-{name}.png", full_page=True)
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
    for part in page.locator("main details[open] > summary").all():
        part.click()


def look_in_soak(page: Page, folder: Path | None) -> None:
    """Check it where there is time: tests of pages look at their like."""
    if SOAK:
        look(page, folder)


def hand_in(page: Page, label: Label) -> None:
    """Fill in the form: a photo of a label, a serial with a letter O, and where both go."""
    jpeg = encoded(photo([label], seed=7), "JPEG")
    page.get_by_label("A photo of a label").set_input_files(
        {"name": "label.jpg", "mimeType": "image/jpeg", "buffer": jpeg}
    )
    expect(page.get_by_text("label.jpg", exact=True)).to_be_visible()
    page.get_by_label("Serials").fill("C02XG0FDJGHO")
    page.get_by_label("Site").select_option("london")
    page.get_by_label("Build").select_option("design")


def put_right(page: Page, folder: Path | None) -> None:
    """Correct the serial in the row that waits for it, and go back to the dry run."""
    page.get_by_role("link", name="Edit 1 row").click()
    look(page, folder)
    page.get_by_label("Serial number").fill("C02XG0FDJGH5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing waits for a choice any more.")).to_be_visible()
    page.get_by_role("link", name="Back to the dry run").click()


def test_a_photo_becomes_macs_with_a_card_and_all_is_undone(
    house: House, request: pytest.FixtureRequest
) -> None:
    folder = request.config.getoption("--basetemp")
    label = Label.invent(random.Random(7))
    page = house.sign_in("U0ALICE")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{house.url}/board/hand-in")
    hand_in(page, label)
    look(page, folder)
    page.get_by_role("button", name="Show what was understood").click()

    expect(page.get_by_role("heading", name="1 Mac can be registered")).to_be_visible(timeout=20000)
    expect(page.get_by_text(label.serial)).to_be_visible()
    look_in_soak(page, folder)
    put_right(page, folder)
    page.get_by_role("button", name="Register 2 Macs").click()

    expect(page.get_by_role("heading", name="Registered 2 Macs")).to_be_visible()
    look_in_soak(page, folder)
    eventually(lambda: label.serial in card_about(house, "C02XG0FDJGH5"))
    page.get_by_role("link", name="london / design").click()
    expect(page.get_by_role("link", name=label.serial)).to_be_visible()
    look_in_soak(page, folder)
    page.goto(f"{house.url}/board/batches")
    look_in_soak(page, folder)
    page.get_by_role("link", name="2 Macs for london / design", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("2 cancelled")
    eventually(lambda: "cancelled" in card_about(house, "C02XG0FDJGH5"))
