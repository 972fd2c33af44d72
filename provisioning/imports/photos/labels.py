"""Labels of Macs' boxes on photos, read by a process that holds nothing worth taking."""

from dataclasses import dataclass

from infrastructure import sandbox
from infrastructure.errors import RollcallError
from provisioning.values.serials import Serial

SECONDS, MEGABYTES = 20, 1024


class UnreadablePhoto(RollcallError):
    """Bytes that are no photo that Rollcall could look at."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The photo cannot be read: {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Found:
    """A serial on a photo; `doubt` says in half a sentence why a person has to compare it."""

    serial: Serial
    doubt: str | None


def read(content: bytes) -> tuple[Found, ...]:
    """Return what `photos.read` returns, which is run confined.

    Raises UnreadablePhoto, and confined.GaveUp where it took too long or broke.
    """
    answer = sandbox.run(
        "provisioning.imports.photos.reader:read", content, seconds=SECONDS, megabytes=MEGABYTES
    )
    try:
        return tuple(_found(one) for one in answer)
    except (TypeError, KeyError) as error:
        raise sandbox.GaveUp("its answer makes no sense") from error


def _found(answer: dict[str, dict[str, str]]) -> Found:
    doubt = answer["doubt"]
    return Found(Serial.parse(str(answer["serial"]["text"])), doubt and str(doubt))  # type: ignore[arg-type]
