"""A reader of photos of labels: the serials on them, each with a doubt where it is not sure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from provisioning.imports.parsing.tokens import others
from provisioning.imports.parsing.tokens.serial_shapes import doubt_of, lost_from
from provisioning.imports.parsing.tokens.words import COUNTED
from provisioning.imports.photos.barcodes import Read, barcodes
from provisioning.imports.photos.fields import Field, has_part, is_labelled, is_of_phone, serials
from provisioning.imports.photos.image import grey
from provisioning.imports.photos.labels import PhotoReading, SerialOnPhoto, UnreadablePhoto
from provisioning.values.serials import Serial

__all__ = ["PhotoReading", "SerialOnPhoto", "UnreadablePhoto", "read"]

PHONE = "the number of a phone module (IMEI) is on the photo; is it an iPhone or an iPad?"
NO_PART = "no part number of Apple's (1P) was read beside it; is it a Mac's?"
ENOUGH = 2  # looks that have to agree


def read(content: bytes) -> PhotoReading:
    """Return what the barcodes on a JPEG, PNG, HEIC or WebP photo say.

    Raises UnreadablePhoto. Nothing else of the photo is kept.
    """
    return judged(barcodes(grey(content)))


def judged(looks: Iterable[Sequence[Read]]) -> PhotoReading:
    """Return what the barcodes of all passes say."""
    seen_by_text: dict[str, _Seen] = {}
    parts: list[Read] = []
    beside: str | None = None  # the doubt that other barcodes raise
    for look in looks:
        beside = beside or (PHONE if any(is_of_phone(read.text) for read in look) else None)
        parts += [read for read in look if has_part(read.text)]
        for text, sighting in _sightings(look):
            seen_by_text.setdefault(text, _Seen()).looks.append(sighting)
    everything = list(seen_by_text.values())
    known = _with_parts(seen_by_text, parts)
    in_order = sorted(seen_by_text.items(), key=lambda item: item[1].first.centre[::-1])
    found = tuple(
        SerialOnPhoto(
            Serial(text),
            _doubt(candidate, everything)
            or _shape_doubt(text)
            or beside
            or (None if text in known else NO_PART),
        )
        for text, candidate in in_order
    )
    return PhotoReading(found, max(0, _part_labels(parts) - len(found)))


@dataclass(frozen=True, slots=True)
class _Sighting:
    read: Read
    field: Field


@dataclass(slots=True)
class _Seen:
    """All sightings of one serial, one for each pass."""

    looks: list[_Sighting] = field(default_factory=list)

    @property
    def first(self) -> Read:
        """The barcode as it was read first."""
        return self.looks[0].read


def _sightings(look: Sequence[Read]) -> Iterator[tuple[str, _Sighting]]:
    """Yield each serial of a pass once, preferably from a code with a check digit."""
    by_text: dict[str, _Sighting] = {}
    for code in sorted(look, key=lambda read: read.checked):
        for candidate in serials(code.text):
            by_text[candidate.text] = _Sighting(code, candidate)
    yield from by_text.items()


def _with_parts(seen: Mapping[str, _Seen], parts: Sequence[Read]) -> set[str]:
    """The serials that have a part number of Apple's each: the nearest of those on their label.

    So a box of another maker beside that of a Mac has none.
    """
    known = {text for text, candidate in seen.items() if _says_more(candidate.first.text)}
    near = [
        (math.dist(part.centre, candidate.first.centre), text, part)
        for text, candidate in seen.items()
        for part in parts
        if text not in known and part.is_beside(candidate.first)
    ]
    taken: list[Read] = []
    for _, text, part in sorted(near, key=itemgetter(0)):
        if text not in known and not any(part.overlaps(other) for other in taken):
            known.add(text)
            taken.append(part)
    return known


def _part_labels(parts: Sequence[Read]) -> int:
    """The number of places where several looks read one part number, and no serial with it."""
    places: list[list[Read]] = []
    for part in parts:
        if any(serials(part.text)):
            continue
        for place in places:
            if place[0].text == part.text and place[0].overlaps(part):
                place.append(part)
                break
        else:
            places.append([part])
    return sum(len(place) >= ENOUGH for place in places)


def _says_more(code: str) -> bool:
    """Return True for a barcode that says itself of what its serial is."""
    return has_part(code) or is_labelled(code)


def _doubt(candidate: _Seen, everything: Sequence[_Seen]) -> str | None:
    checked = [sighting for sighting in candidate.looks if sighting.read.checked]
    if not candidate.looks[0].field.shaped:
        return "Apple's serials have 10 to 12 characters and neither the letter O nor I"
    if not checked:
        return "its kind of barcode has no check digit, so that a misread would not show"
    if any(_contests(other, candidate) for other in everything if other is not candidate):
        return "another look at the same barcode gave another value"
    if len(checked) < ENOUGH:
        return "it was read only once"
    if not any(sighting.field.marked for sighting in candidate.looks):
        return "its barcode lacks the S that marks a serial on Apple's labels"
    return None


def _shape_doubt(text: str) -> str | None:
    """The doubt about a serial for its form: what follows an S may be another number."""
    if doubt := doubt_of(Serial(text)) or lost_from(text):
        return doubt
    return f"may be none: {COUNTED}" if others.is_counted(text) else None


def _contests(other: _Seen, candidate: _Seen) -> bool:
    return any(
        sighting.read.text != rival.read.text and sighting.read.overlaps(rival.read)
        for sighting in candidate.looks
        for rival in other.looks
    )
