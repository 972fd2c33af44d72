"""Photos of the labels on Macs' boxes: which serials are on them, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from provisioning.imports.photos.barcodes import Read, barcodes
from provisioning.imports.photos.fields import Field, serials
from provisioning.imports.photos.image import grey
from provisioning.imports.photos.labels import Found, UnreadablePhoto
from provisioning.values.serials import Serial

__all__ = ["Found", "UnreadablePhoto", "read"]

ENOUGH = 2  # looks that have to agree


def read(content: bytes) -> tuple[Found, ...]:
    """Return the serials in the barcodes on a JPEG, PNG, HEIC or WebP photo, from top to bottom.

    Raises UnreadablePhoto. Nothing else of the photo is kept.
    """
    seen: dict[str, _Seen] = {}
    for look in barcodes(grey(content)):
        for text, sighting in _sightings(look):
            seen.setdefault(text, _Seen()).looks.append(sighting)
    everything = list(seen.values())
    in_order = sorted(seen.items(), key=lambda item: item[1].looks[0].read.centre[::-1])
    return tuple(Found(Serial(text), _doubt(it, everything)) for text, it in in_order)


@dataclass(frozen=True, slots=True)
class _Sighting:
    read: Read
    field: Field


@dataclass(slots=True)
class _Seen:
    """All that was seen of one serial, once for each look."""

    looks: list[_Sighting] = field(default_factory=list)


def _sightings(look: Sequence[Read]) -> Iterator[tuple[str, _Sighting]]:
    """Yield each serial of a look once, from a code with a check digit where there is one."""
    once: dict[str, _Sighting] = {}
    for found in sorted(look, key=lambda read: read.checked):
        for candidate in serials(found.text):
            once[candidate.text] = _Sighting(found, candidate)
    yield from once.items()


def _doubt(it: _Seen, everything: Sequence[_Seen]) -> str | None:
    checked = [sighting for sighting in it.looks if sighting.read.checked]
    if not it.looks[0].field.shaped:
        return "Apple's serials have 10 to 12 characters and neither the letter O nor I"
    if not checked:
        return "its kind of barcode has no check digit, so that a misread would not show"
    if any(_contests(other, it) for other in everything if other is not it):
        return "another look at the same barcode gave another value"
    if len(checked) < ENOUGH:
        return "it was read only once"
    if not any(sighting.field.marked for sighting in it.looks):
        return "its barcode lacks the S that marks a serial on Apple's labels"
    return None


def _contests(other: _Seen, it: _Seen) -> bool:
    return any(
        one.read.text != another.read.text and one.read.overlaps(another.read)
        for one in it.looks
        for another in other.looks
    )
