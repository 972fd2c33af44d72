"""Strips that are taken out of a picture."""

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageStat

from provisioning.imports.photos.regions import strips
from provisioning.imports.photos.strips import Strip, View, levelled


@pytest.fixture
def blurred() -> Image.Image:
    """Bars that a camera did not get into focus."""
    picture = Image.new("L", (400, 80), 255)
    draw = ImageDraw.Draw(picture)
    for x in range(40, 360, 8):
        draw.rectangle((x, 0, x + 3, 80), fill=0)
    return picture.filter(ImageFilter.GaussianBlur(3))


def contrast(picture: Image.Image, view: View) -> float:
    strip = Strip((200, 40), 0, 320, 60)
    return ImageStat.Stat(levelled(picture, strip, view).picture).stddev[0]


def test_a_view_with_a_radius_is_sharpened_and_one_without_is_not(blurred: Image.Image) -> None:
    plain, sharpened = contrast(blurred, View(320)), contrast(blurred, View(320, radius=3))

    assert sharpened > 1.05 * plain


@pytest.mark.parametrize("angle", [0, 30])
def test_a_strip_is_as_long_as_its_code_and_turned_like_it(angle: int) -> None:
    picture = Image.new("L", (700, 500), 255)
    draw = ImageDraw.Draw(picture)
    for x in range(200, 500, 8):
        draw.rectangle((x, 200, x + 3, 300), fill=0)

    [strip] = strips(picture.rotate(angle, fillcolor=255), 350)

    assert 300 <= strip.length < 375
    assert strip.angle == pytest.approx(-angle, abs=4)
