"""A reader of files with tables and texts, which runs in a sandbox: a process without secrets."""

import json
from typing import Any

from infrastructure.execution import sandbox
from provisioning.imports.parsing.entries import ParseResult, from_json, to_json
from provisioning.imports.parsing.formats import documents
from provisioning.imports.parsing.names import KnownNames, Names
from provisioning.values.serials import InvalidSerial

# With what the job runner has itself, below the gigabyte that it is given.
SECONDS, MEGABYTES = 30, 768


def read(content: bytes, name: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the Macs in a file's content, read in a sandbox.

    `name` is the file's, `sites` and `builds` are the names that exist, None for a kind that the
    repo lacks. Raises UnreadableFile, and
    sandbox.GaveUp where it took too long or crashed.
    """
    names = json.dumps(
        [
            None if names_of_kind is None else list(names_of_kind)
            for names_of_kind in (sites, builds)
        ]
    ).encode()
    answer = sandbox.run(
        "provisioning.imports.parsing.files:unpack",
        names + b"\n" + content,
        name,
        seconds=SECONDS,
        megabytes=MEGABYTES,
    )
    try:
        return from_json(answer)
    except (TypeError, KeyError, InvalidSerial) as error:
        raise sandbox.GaveUp("its answer makes no sense") from error


def unpack(packed: bytes, name: str) -> dict[str, Any]:
    """Read a file inside of the sandbox; a line with the names comes before its content.

    Returns the result as `to_json` makes it. Raises UnreadableFile.
    """
    names, _, content = packed.partition(b"\n")
    return to_json(read_here(content, name, *json.loads(names)))


def read_here(
    content: bytes, name: str, sites: KnownNames = (), builds: KnownNames = ()
) -> ParseResult:
    """Return the Macs in a file's content, as `read` does, in this process."""
    return documents.read(content, name, Names.of(sites, builds))
