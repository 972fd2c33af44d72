"""Slack's files as sources of an import: what of them is kept, and which can be read."""

from typing import Any

PHOTOS = frozenset({"jpg", "jpeg", "png", "heic", "heif", "webp"})
TABLES = frozenset({"csv", "tsv", "xlsx", "xlsm", "txt", "text", "md", "markdown", "log", "eml"})
TEXT, TABLE, PHOTO, OTHER = "text", "table", "photo", "other"


def source_of(file: dict[str, Any]) -> dict[str, Any]:
    """Return what an import keeps of one of Slack's file objects, whatever it holds."""
    name = str(file.get("name") or file.get("title") or "a file")[:200]
    return {
        "kind": kind_of(name, str(file.get("filetype") or "")),
        "name": name,
        "url": str(file.get("url_private") or "")[:2000],
        "size": int(file.get("size") or 0),
    }


def kind_of(name: str, filetype: str) -> str:
    """Return PHOTO, TABLE or OTHER by the end of the name, else by what Slack says it is."""
    for ending in (name.rpartition(".")[2].casefold(), filetype.casefold()):
        if ending in PHOTOS:
            return PHOTO
        if ending in TABLES:
            return TABLE
    return OTHER
