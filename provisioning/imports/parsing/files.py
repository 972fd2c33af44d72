"""Tables and texts out of files, read by a process that holds nothing worth taking."""

import json
from collections.abc import Collection
from typing import Any

from infrastructure import sandbox
from provisioning.imports.parsing import delimited, tables
from provisioning.imports.parsing import text as texts
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected
from provisioning.values.serials import InvalidSerial, Serial

SECONDS, MEGABYTES = 30, 1024
TEXTS = (".txt", ".text", ".md", ".log", ".eml")  # may hold lines that are no table


def read(
    content: bytes, name: str, sites: Collection[str] = (), builds: Collection[str] = ()
) -> ParseResult:
    """Return what `tables.read` returns, which is run confined.

    Raises UnreadableFile, and confined.GaveUp where it took too long or broke.
    """
    names = json.dumps([list(sites), list(builds)]).encode()
    answer = sandbox.run(
        "provisioning.imports.parsing.files:unpack",
        names + b"\n" + content,
        name,
        seconds=SECONDS,
        megabytes=MEGABYTES,
    )
    try:
        return ParseResult(
            tuple(_entry(one) for one in answer["entries"]),
            tuple(Rejected(**one) for one in answer["rejected"]),
        )
    except (TypeError, KeyError, InvalidSerial) as error:
        raise sandbox.GaveUp("its answer makes no sense") from error


def unpack(packed: bytes, name: str) -> ParseResult:
    """Be the confined half: the names of sites and builds stand before the content."""
    names, _, content = packed.partition(b"\n")
    sites, builds = json.loads(names)
    table = tables.read(content, name, sites, builds)
    if not name.casefold().endswith(TEXTS):
        return table
    text = texts.read(delimited.decode(content, name), sites, builds)
    return max(text, table, key=lambda one: (len(one.entries), -len(one.rejected)))


def _entry(answer: dict[str, Any]) -> Entry:
    return Entry(**{**answer, "serial": Serial.parse(str(answer["serial"]["text"]))})
