"""Tables and texts out of files, read by a process that holds nothing worth taking."""

import json
from collections.abc import Collection
from typing import Any

from provisioning.errors import InvalidSerial
from provisioning.intake import confined, tables
from provisioning.intake.entries import Entry, Reading, Rejected
from provisioning.serials import Serial

SECONDS, MEGABYTES = 30, 1024


def read(
    content: bytes, name: str, sites: Collection[str] = (), builds: Collection[str] = ()
) -> Reading:
    """Return what `tables.read` returns, which is run confined.

    Raises UnreadableFile, and confined.GaveUp where it took too long or broke.
    """
    names = json.dumps([list(sites), list(builds)]).encode()
    answer = confined.run(
        "provisioning.intake.sheets:unpack",
        names + b"\n" + content,
        name,
        seconds=SECONDS,
        megabytes=MEGABYTES,
    )
    try:
        return Reading(
            tuple(_entry(one) for one in answer["entries"]),
            tuple(Rejected(**one) for one in answer["rejected"]),
        )
    except (TypeError, KeyError, InvalidSerial) as error:
        raise confined.GaveUp("its answer makes no sense") from error


def unpack(packed: bytes, name: str) -> Reading:
    """Be the confined half: the names of sites and builds stand before the content."""
    names, _, content = packed.partition(b"\n")
    return tables.read(content, name, *json.loads(names))


def _entry(answer: dict[str, Any]) -> Entry:
    return Entry(**{**answer, "serial": Serial.parse(str(answer["serial"]["text"]))})
