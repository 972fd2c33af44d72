"""Pictures as somebody last looked at them, made small: a change of a drawing shows here."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

LOOKS = Path(__file__).with_name("looks")
SCALE = 10  # pixels of the picture for one of the look, in both directions
FAINT = 12  # of 255: what letters of another version of FreeType may differ in


def verify_look(png: bytes, name: str, folder: Path) -> None:
    """Fail where a picture is not the one of the look `name`; its own is left in `folder`."""
    found = Image.open(BytesIO(png)).convert("RGB").reduce(SCALE)
    found.save(folder / name)
    with Image.open(LOOKS / name) as look:
        difference = ImageChops.difference(found, look.convert("RGB"))
    faint = difference.point(lambda value: 255 * (value > FAINT)).convert("L").getbbox()
    assert (found.size, faint) == (difference.size, None), (
        f"{name} looks otherwise at {faint}: look at {folder / name}, which may become {LOOKS}"
    )
