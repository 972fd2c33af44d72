"""Strips that are taken out of a picture."""

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageStat

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
