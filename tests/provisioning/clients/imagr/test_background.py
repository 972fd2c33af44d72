"""The picture behind Imagr: of the size of the screen, with any name, and cheap."""

import base64
import io
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import pytest
from PIL import Image

from provisioning.clients.imagr import drawing
from provisioning.clients.imagr.background import Backgrounds
from provisioning.clients.imagr.templates import Templates
from provisioning.munki import MunkiRepo
from tests.fakes.imagr.admin import URL
from tests.support.inputs.pictures import verify_look
from tests.support.soaking import in_soak, rows_in_soak


@pytest.fixture
def backgrounds(repo: MunkiRepo) -> Backgrounds:
    return Backgrounds(repo, Templates(URL), command="/mac", kept=2)


def opened(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


def png(site: str, width: int = 1280, height: int = 800) -> bytes:
    words = (str(width), str(height), site, "Registered build", "/mac", "SITE BUILD")
    return base64.b64decode(drawing.draw(b"", *words))


def drawn(site: str, width: int = 1280, height: int = 800) -> Image.Image:
    return opened(png(site, width, height))


def head(image: Image.Image) -> bytes:
    return image.crop((0, 0, image.width, image.height // 3)).tobytes()


@rows_in_soak("another size within the bounds stays", "asked1-given1")
@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((1440, 900), (1440, 900)),
        ((1, 999999), (320, 5120)),
        *in_soak(
            "no other bounds",
            ((320, 320), (320, 320)),
            ((5120, 2880), (5120, 2880)),
            ((0, 0), (320, 320)),
        ),
    ],
)
def test_a_picture_has_the_size_that_is_asked_for_within_bounds(
    backgrounds: Backgrounds, asked: tuple[int, int], given: tuple[int, int]
) -> None:
    image = opened(backgrounds.picture("london", asked))

    assert (image.format, image.mode, image.size) == ("PNG", "P", given)


def test_pictures_are_small_and_pillow_stays_out_of_this_process(
    backgrounds: Backgrounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name == drawing.__name__ or name.partition(".")[0] == "PIL":
            monkeypatch.delitem(sys.modules, name)  # other tests have loaded it

    assert len(backgrounds.picture("", (5120, 2880))) < 100_000
    assert not [name for name in sys.modules if name.partition(".")[0] == "PIL"]


def test_one_that_was_drawn_is_kept_and_old_ones_are_not(repo: MunkiRepo) -> None:
    backgrounds = Backgrounds(repo, Templates(URL), command="/mac", kept=1)
    first = backgrounds.picture("london", (640, 480))

    assert backgrounds.picture("LONDON", (640, 480)) is first
    backgrounds.picture("london", (320, 320))
    assert backgrounds.picture("london", (640, 480)) is not first


def test_a_lab_that_boots_at_once_has_one_picture_drawn(backgrounds: Backgrounds) -> None:
    barrier = threading.Barrier(8)

    def ask(_: int) -> bytes:
        barrier.wait()
        return backgrounds.picture("london", (1024, 768))

    with ThreadPoolExecutor(8) as pool:
        pictures = [*pool.map(ask, range(8))]

    assert len({id(picture) for picture in pictures}) == 1


def test_a_site_that_is_not_there_is_passed_over(backgrounds: Backgrounds) -> None:
    """Any caller may ask: their words are not drawn, and Slack is not told of them."""
    assert backgrounds.picture("atlantis", (640, 480)) is backgrounds.picture("", (640, 480))


@pytest.mark.parametrize(
    "site",
    [
        "London 3, Haus 4, Obergeschoss, Raum 3.14, linke Seite, hinten am Fenster, Tür",
        "a\u202eb\x00c",
        *in_soak("longer, or of fewer kinds", "Zürich", "Москва", "القاهرة", "🍎" * 75, "i" * 5000),
    ],
)
def test_any_name_can_be_drawn_on_any_screen(site: str) -> None:
    for size in ((320, 320), (900, 1600), (3440, 1440)):
        assert drawn(site, *size).size == size


def test_a_picture_looks_as_when_it_was_looked_at(tmp_path: Path) -> None:
    verify_look(png("haus 4"), "background.png", tmp_path)


def test_a_name_is_drawn_and_one_that_our_font_cannot_draw_is_left_out() -> None:
    assert len({head(drawn(site)) for site in ("london", "paris", "Москва", "")}) == 4
    assert head(drawn("東京")) == head(drawn(""))
    assert head(drawn("東京 office")) == head(drawn("?? office"))


def test_the_steps_stand_on_a_ground_of_their_own_below_a_green_line() -> None:
    image = drawn("london").convert("RGB")
    last_column = image.crop((image.width - 1, 0, image.width, image.height))
    bands = [colour for colour, _ in groupby(last_column.get_flattened_data())]

    assert bands == [drawing.NIGHT, drawing.GREEN, drawing.DUSK]
    assert image.getpixel((0, image.height - 1)) == drawing.DUSK


def test_a_name_that_cannot_be_typed_is_not_told_to_be_typed() -> None:
    def foot(site: str) -> bytes:
        image = drawn(site)
        return image.crop((0, image.height // 2, image.width, image.height)).tobytes()

    assert foot("東京 office") == foot("") == foot("a very long name of a site, which nobody types")
    assert foot("london") != foot("")
