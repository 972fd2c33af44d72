"""Names that a manifest gives: of included manifests and of catalogs, in conditions too.

Munki 6 and 7 read a conditional item as a manifest of its own where it has a `condition`, and
whether that holds is known on the Mac alone. An empty name is passed over.
"""

from collections.abc import Iterator, Mapping
from typing import Any

INCLUDED = "included_manifests"
CATALOGS = "catalogs"


def named(manifest: Mapping[str, Any], key: str) -> Iterator[str]:
    """Yield the names that `manifest` has under INCLUDED or CATALOGS, at every depth."""
    for each in parts(manifest):
        yield from (name for name in _list(each, key) if isinstance(name, str) and name)


def parts(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a manifest, and its conditional items within one another, in Munki's order."""
    waiting = [manifest]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(
            reversed([each for each in _list(part, "conditional_items") if _is_read(each)])
        )


def _is_read(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("condition"), str)


def _list(part: Mapping[str, Any], key: str) -> list[Any]:
    entries = part.get(key)
    return entries if isinstance(entries, list) else []
