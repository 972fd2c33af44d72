"""Sources of an import: the submitted texts, tables and photos, as JSON in its row."""

from typing import Any

from provisioning.imports.parsing.entries import ParseResult, Rejected

TEXT, TABLE, PHOTO, OTHER = "text", "table", "photo", "other"  # kinds, as imports keep them
UNSEEN = "unseen"  # the kind of a file of which an event told the id alone
DOWNLOADED = (TABLE, PHOTO)  # the kinds that have a content of bytes

_PHOTO_ENDINGS = frozenset({"jpg", "jpeg", "png", "heic", "heif", "webp"})
_TABLE_ENDINGS = frozenset(
    {
        *("csv", "tsv", "xlsx", "xlsm", "txt", "text", "md", "markdown", "log", "eml"),
        *("html", "htm", "json"),
    }
)


def kind_of(name: str, filetype: str) -> str:
    """Return PHOTO, TABLE or OTHER by the end of a file's name, else by `filetype`."""
    for ending in (name.rpartition(".")[2].casefold(), filetype.casefold()):
        if ending in _PHOTO_ENDINGS:
            return PHOTO
        if ending in _TABLE_ENDINGS:
            return TABLE
    return OTHER


def shared(channel: str, ts: str) -> str:
    """Return the unique key of an import of the files that a message of Slack's shared."""
    return f"file:{channel}:{ts}"


def name_of(source: dict[str, Any]) -> str:
    """Return the name of a source for people."""
    return str(source.get("name", "the text"))


def unread(source: dict[str, Any], reason: str) -> ParseResult:
    """Return the result of a source that was not read, for a reason in plain words."""
    return ParseResult(rejected=(Rejected(name_of(source), "", reason),))


def is_meant(result: ParseResult, source: dict[str, Any]) -> bool:
    """Tell if a file that was shared without a command is meant for us.

    A photo with any serial is; a text needs a serial without a doubt.
    """
    return any(source["kind"] == PHOTO or entry.doubt is None for entry in result.entries)
