"""The extraction of texts that people read: `python -m tools.texts` brings the catalogs up to date.

New texts come into each catalog without a translation, those that are in the code no longer go. It
prints what is to be translated; a test fails where anything is.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from provisioning.values.language import ENGLISH, LANGUAGES
from provisioning.values.language.catalogs import FOLDER

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "infrastructure", "provisioning", "server")
PAGES = ("templates/pages/**/*.html", "templates/mail/*.j2")
NOT_SHOWN = (  # errors of these are for a terminal, for scripts and for the log
    "infrastructure/database", "provisioning/access", "provisioning/clients",
    "provisioning/maintenance/backups", "provisioning/maintenance/layout_change",
    "provisioning/maintenance/people",
    "provisioning/munki/storage/git", "provisioning/munki/storage/s3", "server/api",
)  # fmt: skip
_FIRST, _SECOND = (1,), (2,)
# The functions, and the places of the texts in their arguments; `__init__` is that of an error.
KEYWORDS = {
    **dict.fromkeys(("_", "marked", "Sentence", "__init__"), _FIRST),
    **dict.fromkeys(
        ("GaveUp", "Misunderstood", "NotReplaceable", "NotUndoable", "SerialTaken"), _FIRST
    ),
    **dict.fromkeys(("NotAllowed", "UnreadablePhoto"), _FIRST),
    **dict.fromkeys(("InvalidSerial", "InvalidComputerName", "ManifestUnreadable"), _SECOND),
    **dict.fromkeys(("NotDownloadable", "UnreadableFile", "CannotCheck"), _SECOND),
    **dict.fromkeys(("ngettext", "counted"), (1, 2)),
}
_CALL = re.compile(rf"\b({'|'.join(KEYWORDS)})\(")
HEAD = r"""# Texts that people read. `python -m tools.texts` adds new ones.
msgid ""
msgstr ""
"Language: {code}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: {plurals}\n"

"""


def template() -> Catalog:
    """Return the catalog of all texts in the code, without translations."""
    modules = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    shown = [each for each in modules if not str(each.relative_to(ROOT)).startswith(NOT_SHOWN)]
    pages = sorted(path for pattern in PAGES for path in ROOT.glob(pattern))
    catalog = Catalog()
    for text in chain(*map(_texts, shown), *map(_of_page, pages)):
        catalog.add(text)
    return catalog


def catalog_of(code: str) -> Catalog:
    """Return the catalog of a language as it is in its file; an empty one without a file."""
    path = FOLDER / f"{code}.po"
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str, texts: Catalog) -> Catalog:
    """Return the catalog of a language with exactly these texts; those it has stay translated."""
    known, catalog = catalog_of(code), Catalog(locale=code)
    for message in texts:
        if message.id:
            old = known.get(message.id)
            translated = old.string if old and old.id == message.id else ""
            catalog.add(message.id, translated)
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the content of a catalog's file: sorted, so that moving code changes nothing in it."""
    content = BytesIO()
    write_po(content, catalog, width=100, sort_output=True, no_location=True, omit_header=True)
    head = HEAD.format(code=catalog.locale_identifier, plurals=catalog.plural_forms)
    return head.encode() + content.getvalue()


def untranslated(catalog: Catalog) -> Iterator[Any]:
    """Yield the texts of a catalog that lack a translation, or one of their plural forms."""
    for message in catalog:
        string: Any = message.string
        forms = string if isinstance(string, tuple) else (string,)
        expected = catalog.num_plurals if message.pluralizable else 1
        if message.id and (not all(forms) or len(forms) != expected):
            yield message.id


def _texts(path: Path) -> Iterator[Any]:
    """Yield the texts of a module. Babel's own extraction finds none that stand in an f-string."""
    content = path.read_text()
    if not _CALL.search(content):
        return
    for node in ast.walk(ast.parse(content)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        places = [place - 1 for place in KEYWORDS.get(function, ()) if place <= len(node.args)]
        text = [_constant(node.args[place]) for place in places]
        if text and all(text) and (function != "__init__" or " " in str(text[0]).strip()):
            yield text[0] if len(text) == 1 else tuple(text)


def _of_page(path: Path) -> Iterator[Any]:
    """Yield the texts of a page; a call without one has a text of the code, where it is marked."""
    with path.open("rb") as file:
        for _line, function, text, _comments in babel_extract(file, list(KEYWORDS), [], {}):
            if text is not None:
                yield _told(text, len(KEYWORDS[function]))


def _told(arguments: Any, number: int) -> Any:
    """The text of a call in a page, or both of them where it counts: its first arguments."""
    if isinstance(arguments, str):
        return arguments
    return arguments[0] if number == 1 else tuple(arguments[:number])


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
    return None


def main() -> None:
    """Write every catalog again, and say what is to be translated."""
    texts = template()
    for code in LANGUAGES:
        if code != ENGLISH:
            catalog = updated(code, texts)
            (FOLDER / f"{code}.po").write_bytes(written(catalog))
            missing = list(untranslated(catalog))
            print(f"{code}: {len(missing)} of {len(catalog)} texts to translate")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
