"""Copies of manifests that renames have left behind, because others include the old one.

A client renames a manifest by writing a copy and removing the original; the removal is refused
while others include it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.munki import revisions
from provisioning.munki.editing import MAX_NAMED, comparable_of
from provisioning.munki.manifests.documents import INCLUDED
from provisioning.munki.manifests.includes import named
from provisioning.munki.manifests.reading import parsed
from provisioning.munki.storage import Store

RECENT = timedelta(days=14)  # an older copy is one that stays


def left_over(database: Database, store: Store, now: datetime) -> Iterator[Finding]:
    """Yield the manifests that were copied within RECENT and not changed since, each with its copy.

    The original is included by others, and the copy by none. Raises RepoUnusable.
    """
    with database.reading() as session:
        made = {
            each.name for each in revisions.made_since(session, now - RECENT, via=revisions.API)
        }
    if not made:
        return
    read = dict(parsed(store, list(store.walk("manifests"))))
    including: dict[str, list[str]] = defaultdict(list)
    for name, manifest in read.items():
        for include in set(named(manifest, INCLUDED)):
            including[include].append(name)
    copies: dict[bytes, list[str]] = defaultdict(list)
    for name in sorted(made.intersection(read).difference(including)):
        content = comparable_of(name, read[name])
        if content and any(read[name].values()):  # a new one says nothing yet
            copies[content].append(name)
    for name in sorted(including.keys() & read.keys()):
        for copy in copies.get(comparable_of(name, read[name]) or b"", ()):
            yield _finding(name, copy, including[name])


def _finding(name: str, copy: str, including: list[str]) -> Finding:
    more = f" and {len(including) - MAX_NAMED} more" if len(including) > MAX_NAMED else ""
    listed = ", ".join(sorted(including)[:MAX_NAMED])
    return Finding(
        "copies of manifests",
        f"{copy} is a copy of {name}, which {listed}{more} include; nothing includes the copy.",
        f"To rename it, put {copy} in its place there and remove {name}; else change the copy, or "
        "remove it.",
    )
