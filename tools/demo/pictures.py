"""Pictures of the page for README.md and docs: `python -m tools.demo.pictures FOLDER`."""

import random
import shutil
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import click
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, ViewportSize, expect, sync_playwright

from tests.support.inputs.labels import Label, encoded, photo
from tests.support.installation import CHANNEL
from tools.demo.playing import Played, page_of, rollcall_at_work

PHONE: ViewportSize = {"width": 390, "height": 700}
WIDE: ViewportSize = {"width": 1180, "height": 720}
HALF: ViewportSize = {"width": 589, "height": 720}
GAP = 2  # pixels between two windows
COLOURS = 128  # of a picture; the page has few
SERIALS = ("C02XG0FDJGH5", "C02YK1QWLVDN", "FVFZT3LMQ6L4")
DOUBTFUL = "C02ZO1J7MD6R"  # with a letter O
PALLET = [f"H2WK{letter}{number}Q6Y7TM" for letter in "CFJNP" for number in (2, 4, 6, 8, 9)] + [
    f"DX3P{letter}7M1VR5K" for letter in "GKTW"
]
MISTYPED = "FVFZT3LMQ6L7"  # one letter away from a Mac on the bench


class Scene(NamedTuple):
    """One picture: its file's name, the actions before it is taken, the place, and the size.

    Without a name none is taken: what is played makes the next ones possible.
    """

    name: str
    play: Callable[[Page], None]
    place: str = f"U0ALICE/{CHANNEL}"
    size: ViewportSize = PHONE


def hand_in(page: Page) -> None:
    """Paste a list, of which one serial has a letter that Apple never uses."""
    _type(page, f"/mac register {SERIALS[0]} {SERIALS[1]} {DOUBTFUL} london design")
    expect(page.get_by_role("button", name="Register 2 Macs")).to_be_visible()


def register(page: Page) -> None:
    """Press once, and wait for the card that the channel sees."""
    page.get_by_role("button", name="Register 2 Macs").click()
    expect(page.get_by_text("2 waiting")).to_be_visible()
    expect(page.get_by_role("button", name="Remind me")).to_be_visible()


def fill_in(page: Page) -> None:
    """Fill in the form, and type half of a site."""
    _type(page, "/mac")
    window = page.get_by_role("dialog", name="Register Macs")
    window.get_by_label("Serial numbers").fill(SERIALS[2])
    window.get_by_label("Where do they go?").press_sequentially("p")
    expect(page.get_by_role("option")).to_have_text(["paris"])


def boot(page: Page) -> None:
    """Have a Mac run its first-boot script."""
    page.locator(".mac").first.get_by_role("button", name="Boot").click()
    expect(page.locator(".mac .state").first).to_have_text("done", timeout=30_000)


def stay(page: Page) -> None:
    """Wait until all is there, side by side."""
    expect(page.get_by_role("log")).to_contain_text("confirmed", timeout=15_000)


def meet(page: Page) -> None:
    """Boot a Mac without a registration, whose serial is a slip away from one that waits."""
    _type(page, f"/mac register {MISTYPED} paris developer")
    expect(page.get_by_text("1 waiting").last).to_be_visible(timeout=15_000)
    page.goto(page.url.replace(CHANNEL, "macs"))
    page.locator(".mac").nth(2).get_by_role("button", name="Boot").click()
    page.goto(page.url.replace("macs", CHANNEL))
    expect(page.get_by_text("Did you mean")).to_be_visible(timeout=20_000)


def promise(page: Page) -> None:
    """Open a bench for the next unknown Macs."""
    _type(page, "/mac bench paris kiosk 12 for 2h")
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible(timeout=15_000)


def look_home(page: Page) -> None:
    """Wait for the Home tab, with Macs that wait."""
    expect(page.get_by_role("button", name="Register Macs")).to_be_visible(timeout=15_000)


def drop_list(page: Page) -> None:
    """Drop a list into the channel, and wait for its dry run below it."""
    rows = [f"{serial},london,kiosk" for serial in PALLET]
    content = "\n".join(["Serial Number,Site,Build", *rows, f"{DOUBTFUL},london,kiosk"])
    _hand_over(page, "pallet.csv", "text/csv", content.encode(), "the new pallet")
    button = page.get_by_role("button", name=f"Register {len(PALLET)} Macs")
    expect(button).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="pallet.csv").scroll_into_view_if_needed()


def open_card(page: Page) -> None:
    """Register a pallet, and open the list of its Macs in the thread of its card."""
    page.get_by_role("button", name=f"Register {len(PALLET)} Macs").click()
    expect(page.get_by_text(f"Registered {len(PALLET)} Macs").first).to_be_visible(timeout=20_000)
    page.goto(page.url.replace("C0HELPDESK", CHANNEL))
    expect(page.get_by_text(f"{len(PALLET)} waiting")).to_be_visible(timeout=20_000)
    thread = _thread_of(page, "as they were registered")
    expect(thread.get_by_text("as they were registered")).to_be_visible()
    thread.get_by_label("Answer in the thread").scroll_into_view_if_needed()


def drop_photo(page: Page) -> None:
    """Drop the photo of a box's label, and wait for what is read on it."""
    rng = random.Random(7)  # noqa: S311 - the same label in every picture
    label = Label.invent(rng, serial="FVFZT3LMQ7K2")
    picture = photo([label], angle=12, megapixels=1.5, seed=7)
    _hand_over(page, "label.jpg", "image/jpeg", encoded(picture), "london kiosk")
    button = page.get_by_role("button", name="Register 1 Mac", exact=True)
    expect(button).to_be_visible(timeout=30_000)


def open_board(page: Page) -> Page:
    """Open the board, as the person of the page, and return its window."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name="The board", exact=True).click()
    board = opened.value
    expect(board.get_by_role("heading", name="Board")).to_be_visible(timeout=15_000)
    return board


def move_there(board: Page) -> None:
    """Move a Mac on its page of the board."""
    board.get_by_role("link", name=SERIALS[1]).click()
    board.locator("summary", has_text="Move").click()
    board.get_by_label("Site").select_option("paris")
    board.get_by_role("button", name="Move").click()
    expect(board.get_by_role("status")).to_contain_text("Moved")


def move_back(board: Page) -> None:
    """Move it back, for the pictures that come after."""
    board.get_by_role("button", name="Undo").click()
    expect(board.get_by_role("status")).to_contain_text("Undone")


def draw(page: Page) -> None:
    """Have the statistics of a few weeks drawn as a picture."""
    _type(page, "/mac stats")
    expect(page.locator(".files img.picture")).to_be_visible(timeout=60_000)


SCENES = (
    Scene("dryrun", hand_in),
    Scene("register", register),
    Scene("form", fill_in),
    Scene("", boot, "U0BOB/macs"),
    Scene("unknown", meet, f"U0BOB/{CHANNEL}"),
    Scene("bench", promise, f"U0BOB/{CHANNEL}"),
    Scene("home", look_home, "U0BOB/home"),
    Scene("wide", stay, f"U0BOB/{CHANNEL}", WIDE),
    Scene("dropped", drop_list, "U0BOB/C0HELPDESK"),
    Scene("thread", open_card, "U0BOB/C0HELPDESK"),
    Scene("photo", drop_photo, "U0BOB/C0HELPDESK"),
    Scene("statistics", draw, "U0BOB/D0BOB"),
)
"""In this order: each goes on where the one before ended."""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def pictures(folder: Path) -> None:
    """Play on the page in a Chromium, and write a picture of each scene into FOLDER."""
    browsers = ("chromium-headless-shell", "chromium", "google-chrome")
    program = next(filter(None, map(shutil.which, browsers)), None)
    if program is None:
        raise click.ClickException("Install Chromium first: the pictures are taken with it.")
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        rollcall_at_work(Path(scratch), has_board=True) as played,
    ):
        for serial in SERIALS:
            played.bench.add(serial)
        _shoot(played, program, folder)


def _shoot(played: Played, program: str, folder: Path) -> None:
    with page_of(played) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for scene in SCENES:
            context = browser.new_context(viewport=scene.size, reduced_motion="reduce")
            page = context.new_page()
            page.goto(served.url + scene.place)
            scene.play(page)
            if scene.name:
                _keep(_taken(page), folder / f"{scene.name}.png")
            if scene.play is register:
                _shoot_board(page, folder)
            context.close()
        browser.close()


def _shoot_board(page: Page, folder: Path) -> None:
    """The board, and one act there that moves the card of the channel, both side by side."""
    page.set_viewport_size(WIDE)  # where the link stands beside the channels
    board = open_board(page)
    board.set_viewport_size(WIDE)
    _keep(_taken(board), folder / "board.png")
    for window in (page, board):
        window.set_viewport_size(HALF)
    move_there(board)
    expect(page.get_by_role("log")).to_contain_text("moved to paris", timeout=15_000)
    halves = _taken(page), _taken(board)
    together = Image.new("RGB", (2 * HALF["width"] + GAP, HALF["height"]), "#c0cccf")
    for half, left in zip(halves, (0, HALF["width"] + GAP), strict=True):
        together.paste(half, (left, 0))
    _keep(together, folder / "together.png")
    move_back(board)


def _taken(page: Page) -> Image.Image:
    return Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide")))


def _keep(image: Image.Image, picture: Path) -> None:
    """Write a picture in few colours, and say so."""
    small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)
    click.echo(f"{picture} ({picture.stat().st_size // 1024} KiB)")


def _hand_over(page: Page, name: str, kind: str, content: bytes, text: str) -> None:
    """Drop a file into the channel, with a few words."""
    file: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
    page.get_by_label("Attach files").set_input_files(file)
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send").click()


def _thread_of(page: Page, text: str) -> Locator:
    """The thread in which a text is said, opened."""
    thread = page.locator("details.thread", has_text=text)
    expect(thread.locator("summary")).to_be_visible(timeout=30_000)
    thread.locator("summary").click()
    return thread


def _type(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


if __name__ == "__main__":
    pictures()
