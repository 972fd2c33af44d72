"""The extraction of texts that people read: `python -m tools.texts` brings the catalogs up to date.

New texts come into each catalog without a translation, those that are in the code no longer go. It
prints what is to be translated; a test fails where anything is.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from bot.slack.catalogs import FOLDER
from provisioning.policy.schema import ENGLISH, LANGUAGES

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "infrastructure", "provisioning")
NOT_SHOWN = (  # errors of these are for a terminal, for scripts and for the log
    *("infrastructure/database", "provisioning/access", "provisioning/clients"),
    *(
        "provisioning/maintenance",
        "provisioning/munki/storage/git",
        "provisioning/munki/storage/s3",
    ),
)
_SECOND = (2,)
# The functions, and the places of the texts in their arguments.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    **dict.fromkeys(("_", "marked"), None),
    **dict.fromkeys(("GaveUp", "Misunderstood", "NotReplaceable", "NotUndoable"), None),
    **dict.fromkeys(("NotAllowed", "UnreadablePhoto"), None),
    **dict.fromkeys(("InvalidSerial", "InvalidComputerName", "ManifestUnreadable"), _SECOND),
    **dict.fromkeys(("NotDownloadable", "UnreadableFile", "CannotCheck"), _SECOND),
    "Sentence": (1,),
    **dict.fromkeys(("ngettext", "counted"), (1, 2)),
}
ERRORS = {"__init__": None}  # of their classes, where the text is a sentence
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # or each run would change the head of each file


def template() -> Catalog:
    """Return the catalog of all texts in the code, without translations."""
    catalog = _empty()
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith(NOT_SHOWN):
            for text in _texts(path):
                catalog.add(text, locations=[(name, 0)])
    return catalog


def catalog_of(code: str) -> Catalog:
    """Return the catalog of a language as it is in its file; an empty one without a file."""
    path = FOLDER / f"{code}.po"
    if not path.exists():
        return _empty(code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str, texts: Catalog) -> Catalog:
    """Return the catalog of a language with exactly these texts; those it has stay translated."""
    known, catalog = catalog_of(code), _empty(code)
    for message in texts:
        if message.id:
            old = known.get(message.id)
            translated = old.string if old and old.id == message.id else ""
            catalog.add(message.id, translated, locations=message.locations)
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the content of a catalog's file."""
    content = BytesIO()
    write_po(content, catalog, width=100, sort_by_file=True, include_lineno=False)
    return content.getvalue()


def untranslated(catalog: Catalog) -> Iterator[str | tuple[str, ...]]:
    """Yield the texts of a catalog that lack a translation, or one of their plural forms."""
    for message in catalog:
        string: Any = message.string
        forms = string if isinstance(string, tuple) else (string,)
        expected = catalog.num_plurals if message.pluralizable else 1
        if message.id and (not all(forms) or len(forms) != expected):
            yield _key(message.id)


def _texts(path: Path) -> Iterator[str | tuple[str, ...]]:
    content = path.read_bytes()
    for _, text, _, _ in extract("python", BytesIO(content), keywords=KEYWORDS):
        yield _key(text)
    for _, text, _, _ in extract("python", BytesIO(content), keywords=ERRORS):
        if " " in text.strip():
            yield _key(text)


def _key(text: str | Sequence[str]) -> str | tuple[str, ...]:
    return text if isinstance(text, str) else tuple(text)


def _empty(code: str | None = None) -> Catalog:
    return Catalog(
        locale=code,
        project="Rollcall",
        version="",
        copyright_holder="",
        creation_date=_LONG_AGO,
        revision_date=_LONG_AGO,
        header_comment="# Texts that people read. `python -m tools.texts` adds new ones.",
        language_team="",
        last_translator="",
        fuzzy=False,
    )


def main() -> None:
    """Write every catalog anew, and say what is to be translated."""
    texts = template()
    for code in LANGUAGES:
        if code != ENGLISH:
            catalog = updated(code, texts)
            (FOLDER / f"{code}.po").write_bytes(written(catalog))
            missing = list(untranslated(catalog))
            print(f"{code}: {len(missing)} of {len(catalog)} texts to translate")  # noqa: T201


if __name__ == "__main__":
    main()
