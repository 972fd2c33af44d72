"""Photos of boxes: the serials that are read from them, and the doubts about these."""

import random
from collections import Counter

import pytest
import zxingcpp
from PIL import Image, ImageOps

from provisioning.imports.photos import reader
from provisioning.imports.photos.labels import PhotoReading, SerialOnPhoto
from provisioning.imports.photos.labels import read as read_confined
from provisioning.values.serials import Serial
from tests.support.inputs.labels import ALPHABET, Label, encoded, noise, photo
from tests.support.soaking import SOAK, in_soak, soak, soak_only

SMALL = 0.7  # megapixels
DOUBTS = "test_doubts and test_fields judge what is read without a photo"
CODE39, QR, MATRIX = (
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.DataMatrix,
)


@pytest.fixture
def rng() -> random.Random:
    """The same labels in every run."""
    return random.Random(20)


def certain(*serials: str) -> PhotoReading:
    return PhotoReading(tuple(SerialOnPhoto(Serial(serial), None) for serial in serials))


def taken(*labels: Label, angle: float = 0, megapixels: float = SMALL, seed: int = 0) -> bytes:
    return encoded(photo(labels, angle=angle, megapixels=megapixels, seed=seed))


@pytest.fixture(scope="module")
def straight() -> tuple[Label, Image.Image]:
    """A label, and a photo of it."""
    label = Label.invent(random.Random(20))
    return label, photo([label], megapixels=SMALL)


@pytest.mark.parametrize(
    "kind", ["HEIF", *in_soak("Pillow opens each of them alone", "JPEG", "PNG", "WEBP")]
)
def test_a_label_is_read_from_every_kind_of_photo(
    straight: tuple[Label, Image.Image], kind: str
) -> None:
    label, picture = straight

    assert reader.read(encoded(picture, kind)) == certain(label.serial)


@pytest.mark.parametrize(
    "angle", [45, *in_soak("all are turned in one way", 7, 15, 30, 90, 135, 200)]
)
def test_a_label_is_read_at_every_angle(rng: random.Random, angle: float) -> None:
    label = Label.invent(rng)

    assert reader.read(taken(label, angle=angle)) == certain(label.serial)


def test_a_dark_photo_is_read(straight: tuple[Label, Image.Image]) -> None:
    label, picture = straight
    dark = picture.point([shade // 9 for shade in range(256)] * 3)

    assert reader.read(encoded(dark)) == certain(label.serial)


@soak_only("sharp ones, turned and mirrored, are read above")
def test_a_photo_out_of_focus_is_read(rng: random.Random) -> None:
    label = Label.invent(rng)
    picture = photo([label], angle=30, megapixels=1.5, blur=1.06)

    assert reader.read(encoded(picture)) == certain(label.serial)


def test_all_labels_of_a_pile_come_back_from_top_to_bottom(rng: random.Random) -> None:
    labels = [Label.invent(rng) for _ in range(2)]

    found = reader.read(taken(*labels, angle=5, megapixels=1))

    assert found == certain(*(label.serial for label in labels))


def test_labels_that_are_small_on_a_large_photo_are_read(rng: random.Random) -> None:
    labels = [Label.invent(rng) for _ in range(2)]
    large = Image.new("RGB", (3600, 800))  # the part of it with the labels
    large.paste(photo(labels, megapixels=0.7), (0, 0))

    assert reader.read(encoded(large)) == certain(*(label.serial for label in labels))


@soak_only("a pile has several labels, and other photos other angles")
def test_two_boxes_that_lie_at_different_angles_are_both_read(rng: random.Random) -> None:
    one, other = Label.invent(rng), Label.invent(rng)
    both = Image.new("RGB", (2000, 750))
    both.paste(photo([one], angle=10, megapixels=0.75), (0, 0))
    both.paste(photo([other], angle=-35, megapixels=0.75), (1000, 0))

    found = reader.read(encoded(both))

    assert set(found.serials) == set(certain(one.serial, other.serial).serials)


def test_a_photo_that_the_camera_says_is_turned_and_mirrored_is_read(rng: random.Random) -> None:
    label = Label.invent(rng)
    picture = photo([label], megapixels=SMALL).transpose(Image.Transpose.TRANSVERSE)

    assert reader.read(encoded(picture, orientation=7)) == certain(label.serial)


@soak_only(DOUBTS)
def test_a_new_serial_of_ten_is_read(rng: random.Random) -> None:
    label = Label.invent(rng, length=10)

    assert reader.read(taken(label)) == certain(label.serial)


@pytest.mark.parametrize(
    ("symbology", "separator"), [(MATRIX, "\x1d"), *in_soak("test_fields has both", (QR, ","))]
)
def test_the_serial_is_found_among_the_fields_of_a_square_code(
    rng: random.Random, symbology: zxingcpp.BarcodeFormat, separator: str
) -> None:
    fields = separator.join(["1PMK1E3LL", "SC02XK0AAJG5H", "16D20260101", "A483E7123456"])
    label = Label.invent(rng, serial=fields, prefix="", symbology=symbology)

    assert reader.read(taken(label)) == certain("C02XK0AAJG5H")


def test_a_square_code_that_a_screen_shows_white_on_black_is_read() -> None:
    code = zxingcpp.create_barcode('{"serial": "C02XK0AAJG5H"}', QR)
    shown = ImageOps.invert(Image.fromarray(code.to_image(scale=8)).convert("L"))
    screen = ImageOps.expand(shown, 200)

    assert reader.read(encoded(screen.convert("RGB"), "PNG")) == certain("C02XK0AAJG5H")


@soak_only(DOUBTS)
def test_a_kind_of_code_without_a_check_digit_is_doubtful(rng: random.Random) -> None:
    label = Label.invent(rng, symbology=CODE39)

    [found] = reader.read(taken(label)).serials

    assert found.serial == Serial(label.serial)
    assert found.doubt
    assert "no check digit" in found.doubt


@soak_only(DOUBTS)
def test_a_serial_without_the_s_is_doubtful(rng: random.Random) -> None:
    [found] = reader.read(taken(Label.invent(rng, serial="C02XK0AAJG5H", prefix=""))).serials

    assert found.serial == Serial("C02XK0AAJG5H")
    assert found.doubt
    assert "lacks the S" in found.doubt


@soak_only(DOUBTS)
@pytest.mark.parametrize("serial", ["C02XK0AAJO5H", "C02XKIAAJG5H"])
def test_a_serial_that_apple_would_not_give_is_doubtful_and_keeps_its_s(
    rng: random.Random, serial: str
) -> None:
    [found] = reader.read(taken(Label.invent(rng, serial=serial))).serials

    assert found.serial == Serial("S" + serial)
    assert found.doubt
    assert "letter O" in found.doubt


@soak_only(DOUBTS)
def test_part_numbers_product_codes_and_addresses_never_come_back(rng: random.Random) -> None:
    label = Label.invent(rng, serial="NOTHING", prefix="")

    assert reader.read(taken(label)) == certain()


@soak
@pytest.mark.parametrize("seed", range(3 if SOAK else 1))
def test_fur_has_no_serials(seed: int) -> None:
    assert reader.read(encoded(noise(SMALL, seed))) == certain()


def test_an_empty_table_has_no_serials() -> None:
    assert reader.read(encoded(Image.new("RGB", (640, 480), "white"))) == certain()


def test_a_picture_of_a_few_pixels_has_no_serials() -> None:
    assert reader.read(encoded(Image.new("RGB", (3, 1), "white"))) == certain()


@soak_only("a photo that is dropped in Slack is read by it in test_dropped_files")
def test_the_confined_reader_says_the_same(rng: random.Random) -> None:
    content = taken(Label.invent(rng, symbology=CODE39))

    assert read_confined(content) == reader.read(content)


@soak_only("a thousand photos take minutes")
@pytest.mark.parametrize("hundred", range(10))
def test_no_misread_of_a_thousand_photos_goes_undoubted(hundred: int) -> None:
    tally: Counter[str] = Counter()
    for seed in range(hundred * 100, hundred * 100 + 100):
        rng = random.Random(seed)
        label, megapixels = Label.invent(rng, rng.choice((10, 12))), rng.choice((0.5, 0.8, 1.2))
        picture = photo(
            [label],
            angle=rng.uniform(0, 360),
            megapixels=megapixels,
            blur=rng.uniform(0, 1.1) * megapixels**0.5,
            seed=seed,
        )
        found = reader.read(encoded(picture, quality=rng.choice((30, 60, 85)))).serials
        tally["wrong"] += sum(
            one.doubt is None and one.serial.text != label.serial for one in found
        )
        tally["right"] += Serial(label.serial) in [one.serial for one in found]

    assert tally["wrong"] == 0
    assert tally["right"] > 50
    assert set(label.serial) <= set(ALPHABET)
