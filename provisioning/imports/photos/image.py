"""A decoder of photos into grey pictures, for bytes that may be hostile."""

import io
import struct
import warnings

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError, WebPImagePlugin  # noqa: F401 - loads it

from provisioning.imports.photos.labels import UnreadablePhoto

LARGEST = 50_000_000  # pixels; the cameras of phones make 12 to 48 million
DARK = 128  # of 256 shades of grey
BRIGHT_PART = 0.005  # of the pixels of a dark photo may be brighter
CUT = 0.1  # per cent of the pixels at either end that may be lost, such as lamps
KINDS = ("JPEG", "PNG", "WEBP")  # of a kind not imported yet, Pillow imports all of its forty
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BROKEN = (OSError, ValueError, SyntaxError, RuntimeError, EOFError, struct.error, MemoryError)


def grey(content: bytes) -> Image.Image:
    """Return the first picture of a JPEG, PNG, WebP or HEIC file: upright, grey, no metadata.

    Raises UnreadablePhoto, for more than 50 megapixels before anything is decoded.
    """
    try:
        with warnings.catch_warnings():  # Pillow only warns where we refuse, or of odd metadata
            warnings.simplefilter("ignore")
            return _lit(_heif(content) if _is_heif(content) else _plain(content))
    except UnidentifiedImageError as error:
        raise UnreadablePhoto("it is no JPEG, PNG, HEIC or WebP file") from error
    except Image.DecompressionBombError as error:
        raise UnreadablePhoto(_too_large()) from error
    except _BROKEN as error:
        raise UnreadablePhoto("the file is damaged or not complete") from error


def _plain(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=KINDS) as photo:
        _check(photo.size)
        photo.draft("L", photo.size)  # a JPEG is then decoded without its colours
        orientation = photo.getexif().get(_ORIENTATION, 1)
        return _upright(_without_alpha(photo).convert("L"), orientation)


_ORIENTATION = 0x0112


def _heif(content: bytes) -> Image.Image:
    # Opened here instead of registered with Pillow, whose list of formats is the whole process's.
    container = pillow_heif.open_heif(
        content, convert_hdr_to_8bit=True, decode_threads=1, thumbnails=False
    )
    first = container[container.primary_index]
    _check(first.size)
    return _without_alpha(first.to_pillow()).convert("L")  # libheif has turned it already


def _is_heif(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS


def _check(size: tuple[int, int]) -> None:
    if size[0] * size[1] > LARGEST:
        raise UnreadablePhoto(_too_large())


def _too_large() -> str:
    return f"it has more than {LARGEST // 1_000_000} megapixels; send a smaller one"


def _without_alpha(photo: Image.Image) -> Image.Image:
    """Put transparent parts on white."""
    if not photo.has_transparency_data:
        return photo
    layer = photo.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)


def _lit(photo: Image.Image) -> Image.Image:
    """Stretch a dark grey picture to all of its range: barcodes are told by their contrast."""
    shades = photo.histogram()
    if sum(shades[DARK:]) > sum(shades) * BRIGHT_PART:
        return photo
    return ImageOps.autocontrast(photo, cutoff=CUT)


def _upright(photo: Image.Image, orientation: object) -> Image.Image:
    """Turn and mirror the picture as its metadata says, and drop the metadata."""
    photo.info.clear()
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    photo.info["exif"] = exif.tobytes()
    turned = ImageOps.exif_transpose(photo)
    turned.info.clear()
    return turned
