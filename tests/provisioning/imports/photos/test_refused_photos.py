"""Files that are no photo, photos that are too large, and the metadata of one that was read."""

import io
import struct
import zlib

import pytest
from PIL import Image

from provisioning.imports.photos.image import grey
from provisioning.imports.photos.labels import UnreadablePhoto
from tests.support.inputs.labels import encoded, noise
from tests.support.tables import for_each


def declared(width: int, height: int) -> bytes:
    """A PNG that says that it is so large, and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


@for_each(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html><body>Sign in to Slack</body></html>",
        b"%PDF-1.7",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"BM" + bytes(60),
    ],
)
def test_what_is_no_photo_is_named_as_such(content: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match="it is no JPEG, PNG, HEIC or WebP file"):
        grey(content)


@for_each("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@for_each("share", [0.3, 0.7, 0.95])
def test_a_photo_that_did_not_arrive_whole_is_refused(kind: str, share: float) -> None:
    content = encoded(noise(0.05), kind)

    with pytest.raises(UnreadablePhoto, match="damaged or not complete"):
        grey(content[: int(len(content) * share)])


@for_each("size", [(50_000, 50_000), (8_000, 6_300), (2**31 - 1, 1)])
def test_a_photo_that_would_fill_the_memory_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadablePhoto, match="more than 50 megapixels; send a smaller one"):
        grey(declared(*size))


def test_a_photo_of_more_than_fifty_megapixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("L", (8_000, 6_251)).save(out, "JPEG")

    with pytest.raises(UnreadablePhoto, match="more than 50 megapixels"):
        grey(out.getvalue())


def test_of_a_moving_picture_the_first_is_taken() -> None:
    frames = [Image.new("RGB", (60, 40), shade) for shade in ("white", "black")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)

    assert grey(out.getvalue()).getpixel((30, 20)) == 255


def test_what_is_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(out, "PNG")

    assert grey(out.getvalue()).getpixel((30, 20)) == 255


@for_each("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_and_nothing_of_its_metadata_is_kept(kind: str) -> None:
    picture = grey(encoded(Image.new("RGB", (60, 40)), kind, orientation=6))

    assert picture.size == (40, 60)
    assert picture.info == {}
    assert not picture.getexif()
