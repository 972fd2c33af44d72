"""Copies of manifests that renames have left: the old one stayed, because others include it.

A client renames a manifest by putting a copy and removing the original; the second is refused
while others include it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.munki import audit, revisions
from provisioning.munki.editing import MOST_NAMED, essence, essence_of
from provisioning.munki.manifests.documents import FOLDER, INCLUDED
from provisioning.munki.manifests.includes import named
from provisioning.munki.storage import Store

RECENT = timedelta(days=14)  # an older copy is one that stays
VIA = "MWA2 API"  # the source of changes by the API for programs


def left_over(database: Database, store: Store, now: datetime) -> Iterator[Finding]:
    """Yield the manifests that were copied RECENT ago and left alone since, each with its copy.

    The original is included by others, and the copy by none. Raises RepoUnusable.
    """
    with database.reading() as session:
        made = {each.name: each for each in revisions.made_since(session, now - RECENT, via=VIA)}
    copies = defaultdict(list)
    for name in made:
        stored = store.read(FOLDER + name)
        if stored and (content := essence(name, stored.content)):
            copies[content].append(name)
    if not copies:
        return
    including: dict[str, list[str]] = defaultdict(list)
    originals: dict[str, list[str]] = {}
    for name, manifest in audit.parsed(store, list(store.walk("manifests")), []):
        for include in set(named(manifest, INCLUDED)):
            including[include].append(name)
        is_empty = not any(manifest.values())  # as each new one is
        if not is_empty and (same := copies.get(essence_of(name, manifest) or b"")):
            originals[name] = [copy for copy in same if copy != name]
    for name, same in originals.items():
        for copy in same:
            if including[name] and not including[copy]:
                yield _finding(name, copy, including[name])


def _finding(name: str, copy: str, including: list[str]) -> Finding:
    more = f" and {len(including) - MOST_NAMED} more" if len(including) > MOST_NAMED else ""
    listed = ", ".join(sorted(including)[:MOST_NAMED])
    return Finding(
        "copies of manifests",
        f"{copy} is a copy of {name}, which {listed}{more} include; nothing includes the copy.",
        f"To rename it, put {copy} in its place there and remove {name}; else change the copy, or "
        "remove it.",
    )
