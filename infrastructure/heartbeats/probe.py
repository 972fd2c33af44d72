"""A probe that tells if the processes of a part work on this machine, or in this container.

Nothing but the standard library is imported, as in `files`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infrastructure.heartbeats import files
from infrastructure.heartbeats.files import CONNECTING, Beat, title

TIMEOUT = 4.0  # seconds in which a server has to answer
DEAD_MAX_AGE = 3600.0  # seconds after which a dead process is not reported any more


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict of the probe: `healthy`, and a sentence for people."""

    healthy: bool
    sentence: str


def examined(folder: Path, part: str | None = None) -> Verdict:
    """Judge the processes of a part; without one, of every part that was started here."""
    if part is not None:
        return _judged(folder, part)
    dead = [beat for beat in files.dead(folder) if beat.silence() < DEAD_MAX_AGE]
    beats = [*files.alive(folder), *dead]
    parts = sorted({beat.part for beat in beats})
    if not parts:
        return Verdict(healthy=False, sentence="Nothing of Rollcall runs here.")
    verdicts = [_judged(folder, each) for each in parts]
    ill = [verdict for verdict in verdicts if not verdict.healthy]
    return Verdict(not ill, " ".join(verdict.sentence for verdict in ill or verdicts))


def _judged(folder: Path, part: str) -> Verdict:
    alive = [beat for beat in files.alive(folder) if beat.part == part]
    if not alive:
        died = [beat.pid for beat in files.dead(folder) if beat.part == part]
        if died:
            ended = f"The {title(part)} (process {died[-1]}) ended without a word"
            return Verdict(healthy=False, sentence=f"{ended}: look at its log.")
        return Verdict(healthy=False, sentence=f"No {title(part)} runs here.")
    for beat in alive:
        if beat.is_late():
            named = f"The {title(part)} (process {beat.pid})"
            return Verdict(healthy=False, sentence=f"{named} hangs: {_heard(beat, 'silent for')}.")
    if any(beat.doing == CONNECTING for beat in alive):
        return Verdict(healthy=False, sentence=f"The {title(part)} is {CONNECTING}.")
    fault = _unanswered(alive)
    if fault:
        return Verdict(healthy=False, sentence=fault)
    latest = max(alive, key=lambda beat: beat.at)
    return Verdict(healthy=True, sentence=f"The {title(part)} works: {_heard(latest, 'heard')}.")


def _heard(beat: Beat, verb: str) -> str:
    ago = " ago" if verb == "heard" else ""
    doing = f", {beat.doing}" if beat.doing else ""
    return f"{verb} {beat.silence():.0f} s{ago}{doing}"


def _unanswered(alive: Sequence[Beat]) -> str | None:
    """The reason why the port of these processes does not answer; None where it does."""
    port, part = next(((beat.port, title(beat.part)) for beat in alive if beat.port), (None, ""))
    if port is None:
        return None
    from http import HTTPStatus  # noqa: PLC0415 - only a server's
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415

    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        reason = str(error) or type(error).__name__
        return f"The {part} does not answer at port {port} ({reason})."
    finally:
        connection.close()
    return None if status == HTTPStatus.OK else f"The {part} answers {status} at port {port}."
