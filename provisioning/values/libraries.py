"""Libraries that an installation may be without, as the slim image is, by the feature they are for.

The Dockerfile says which distributions it takes out of that image.
"""

from collections.abc import Sequence
from importlib.util import find_spec

from infrastructure.errors import Unknown

PHOTOS = ("PIL", "pillow_heif", "zxingcpp")
PICTURES = ("PIL",)
BUCKETS = ("boto3",)


class NoPictures(Unknown):
    """Pictures are asked of an installation that cannot draw any."""

    def __init__(self) -> None:
        super().__init__("The slim image of Rollcall, which runs here, draws no pictures.")


def has(libraries: Sequence[str]) -> bool:
    """Return True if all of them are installed; none is imported for that."""
    return all(find_spec(name) is not None for name in libraries)


def need_pictures() -> None:
    """Raise NoPictures where none can be drawn."""
    if not has(PICTURES):
        raise NoPictures
