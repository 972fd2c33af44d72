"""Photos of Mac box labels that never were: the same for the same seed."""

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pillow_heif
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # Apple leaves out O and I
MODULES, LINES = 440, 250  # a label's size, in the width of the thinnest bar
BARS = 22  # height of a linear code: Apple's are low, which is what makes tilt hard
INK, PAPER, CARDBOARD = 30, 240, (176, 140, 100)
DIAGONAL = 1.03  # of a single label, in heights of the photo
EDGE = 0.97  # of the photo that a pile of labels may fill
EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Label:
    """The label of one box. `symbology` is that of the serial's code."""

    serial: str
    part: str
    upc: str
    wifi: str
    bluetooth: str
    symbology: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.Code128
    prefix: str = "S"

    @classmethod
    def invent(cls, rng: random.Random, length: int = 12, **changes: object) -> Self:
        """Return a label with values of Apple's shapes, and `changes` in it."""
        values: dict[str, object] = {
            "serial": serial(rng, length),
            "part": f"M{''.join(rng.choices(ALPHABET, k=4))}LL/A",
            "upc": "".join(rng.choices("0123456789", k=12)),
            "wifi": "".join(rng.choices("0123456789ABCDEF", k=12)),
            "bluetooth": "".join(rng.choices("0123456789ABCDEF", k=12)),
        }
        return cls(**(values | changes))  # type: ignore[arg-type]


def serial(rng: random.Random, length: int = 12) -> str:
    """Return a serial of Apple's shape: a letter first, neither O nor I."""
    return rng.choice("CDFGHJMPVWXYZ") + "".join(rng.choices(ALPHABET, k=length - 1))


def photo(
    labels: Sequence[Label],
    *,
    angle: float = 0,
    megapixels: float = 3,
    blur: float = 0,
    seed: int = 0,
) -> Image.Image:
    """Return a photo, 4:3, of boxes one above the other, turned by `angle` degrees.

    `blur` is the σ of a Gaussian blur in pixels of the photo.
    """
    width = round(math.sqrt(megapixels * 1e6 * 4 / 3))
    size = width, round(width * 3 / 4)
    boxes = _stacked([_printed(label) for label in labels])
    scale = _largest(boxes.size, size, angle, alone=len(labels) == 1)
    boxes = boxes.resize((round(boxes.width * scale), round(boxes.height * scale)), _SMOOTH)
    turned = boxes.convert("RGBA").rotate(angle, Image.Resampling.BICUBIC, expand=True)
    rng = random.Random(seed)
    picture = Image.new("RGB", size, CARDBOARD)
    picture.paste(turned, _placed(turned.size, size, rng), turned)
    return _noisy(picture.filter(ImageFilter.GaussianBlur(blur)), rng)


def noise(megapixels: float = 1, seed: int = 0) -> Image.Image:
    """Return a photo of something striped and furry that is no label."""
    width = round(math.sqrt(megapixels * 1e6 * 4 / 3))
    size = width, round(width * 3 / 4)
    rng = random.Random(seed)
    small = size[0] // 4, size[1] // 40
    fur = Image.frombytes("L", small, rng.randbytes(small[0] * small[1])).resize(size, _SMOOTH)
    return _noisy(Image.merge("RGB", (fur, fur, fur)).rotate(rng.uniform(0, 90)), rng)


def encoded(
    picture: Image.Image, kind: str = "JPEG", quality: int = 85, orientation: int = 1
) -> bytes:
    """Return the picture as the bytes of a file: JPEG, PNG, WEBP or HEIF."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    out = io.BytesIO()
    if kind == "HEIF":
        heif = pillow_heif.from_pillow(picture)
        heif.save(out, quality=quality, enc_params={"preset": "ultrafast"})
    else:
        picture.save(out, kind, quality=quality, exif=exif, compress_level=1)
    return out.getvalue()


_SMOOTH = Image.Resampling.BICUBIC
_MODULE = 6  # pixels of the print from which photos are made smaller


def _printed(label: Label) -> Image.Image:
    paper = Image.new("L", (MODULES * _MODULE, LINES * _MODULE), PAPER)
    code128 = zxingcpp.BarcodeFormat.Code128
    _write(paper, 12, 10, "MacBook Pro 14-inch, Space Black", 14)
    _code(paper, 12, 40, "(1P) Part No. ", label.part, "1P", code128)
    if label.symbology in (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix):
        _code(paper, 300, 30, "", label.serial, label.prefix, label.symbology)
    else:
        _code(paper, 12, 88, "(S) Serial No. ", label.serial, label.prefix, label.symbology)
    _code(paper, 12, 136, "Wi-Fi ", label.wifi, "", code128)
    _code(paper, 12, 184, "Bluetooth ", label.bluetooth, "", code128)
    _code(paper, 290, 150, "UPC ", label.upc, "", zxingcpp.BarcodeFormat.EAN13, 60)
    return paper


def _code(
    paper: Image.Image,
    x: int,
    y: int,
    name: str,
    value: str,
    prefix: str,
    symbology: zxingcpp.BarcodeFormat,
    height: int = BARS,
) -> None:
    if name:
        _write(paper, x + 10, y, name + value, 9)
    code = zxingcpp.create_barcode(prefix + value, symbology).to_image(1, add_quiet_zones=False)
    bars = Image.frombuffer("L", code.shape[::-1], memoryview(code))  # type: ignore[arg-type]
    ink = bars.point([INK + (PAPER - INK) * value // 255 for value in range(256)])
    matrix = abs(bars.width - bars.height) < bars.width // 2
    tall = bars.height * 2 if matrix else height
    wide = bars.width * 2 if matrix else bars.width
    square = ink.resize((wide * _MODULE, tall * _MODULE), Image.Resampling.NEAREST)
    paper.paste(square, ((x + 10) * _MODULE, (y + 13) * _MODULE))


def _write(paper: Image.Image, x: int, y: int, text: str, height: int) -> None:
    font = ImageFont.load_default(height * _MODULE)
    ImageDraw.Draw(paper).text((x * _MODULE, y * _MODULE), text, INK, font)


def _largest(boxes: tuple[int, int], photo: tuple[int, int], angle: float, *, alone: bool) -> float:
    """Return by how much the boxes are made larger for the photo."""
    if alone:
        return DIAGONAL * photo[1] / math.hypot(*boxes)
    c, s = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    wide, high = boxes[0] * c + boxes[1] * s, boxes[0] * s + boxes[1] * c
    return EDGE * min(photo[0] / wide, photo[1] / high)


def _stacked(papers: Sequence[Image.Image]) -> Image.Image:
    gap = 30 * _MODULE
    width, height = papers[0].size
    stack = Image.new("LA", (width, (height + gap) * len(papers) - gap), (0, 0))
    for number, paper in enumerate(papers):
        stack.paste(paper.convert("LA"), (0, number * (height + gap)))
    return stack


def _placed(inner: tuple[int, int], outer: tuple[int, int], rng: random.Random) -> tuple[int, int]:
    x, y = (
        round((there - here) * (0.5 + 0.3 * rng.uniform(-1, 1)))
        for here, there in zip(inner, outer, strict=True)
    )
    return x, y


def _noisy(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Light that falls off to one side, and the grain of a sensor: ±12 of 255."""
    size = picture.size
    grain = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
    grain = grain.point([value * 24 // 255 for value in range(256)])
    light = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(size)
    light = light.point([185 + value * 70 // 255 for value in range(256)])
    lit = ImageChops.multiply(picture, Image.merge("RGB", (light, light, light)))
    return ImageChops.add(lit, Image.merge("RGB", (grain, grain, grain)), offset=-12)
