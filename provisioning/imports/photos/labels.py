"""Labels of Macs' boxes on photos, read in a sandbox: a process without secrets."""

from dataclasses import dataclass
from typing import Any

from infrastructure.errors import RollcallError
from infrastructure.execution import sandbox
from provisioning.values import libraries
from provisioning.values.serials import Serial

# Photos of 50 megapixels take 350. With what the job runner has itself, below its gigabyte.
SECONDS, MEGABYTES = 20, 768


class UnreadablePhoto(RollcallError):
    """Bytes that are not a readable photo."""

    def __init__(self, reason: str) -> None:
        super().__init__("The photo cannot be read: {reason}.", reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SerialOnPhoto:
    """A serial on a photo; `doubt` is the reason why a person has to compare it, or None."""

    serial: Serial
    doubt: str | None


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """The serials on a photo, from top to bottom, and how many labels have one that was not read.

    Of these there may be more: a label is counted where its part number was read.
    """

    serials: tuple[SerialOnPhoto, ...]
    unread_labels: int = 0


def read(content: bytes) -> PhotoReading:
    """Return what is on a photo, as `reader.read` does, which runs in a sandbox.

    Raises UnreadablePhoto, and sandbox.GaveUp where it took too long or crashed.
    """
    if not libraries.has(libraries.PHOTOS):
        raise UnreadablePhoto(
            "the slim image of Rollcall, which runs here, reads no photos; send the serials as text"
        )
    answer = sandbox.run(
        "provisioning.imports.photos.reader:read", content, seconds=SECONDS, megabytes=MEGABYTES
    )
    try:
        serials = tuple(_found(found) for found in answer["serials"])
        return PhotoReading(serials, int(answer["unread_labels"]))
    except (TypeError, KeyError, ValueError) as error:
        raise sandbox.GaveUp("its answer makes no sense") from error


def _found(answer: dict[str, Any]) -> SerialOnPhoto:
    doubt = answer["doubt"]
    return SerialOnPhoto(Serial.parse(str(answer["serial"]["text"])), doubt and str(doubt))
