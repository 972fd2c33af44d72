"""No text of the Slack door goes past the catalogs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.installation import ROOT

# Arguments of blocks and windows that people read, and builders whose first argument they read.
READ = frozenset(
    {"text", "label", "title", "placeholder", "hint", "submit", "close", "confirm", "deny"}
)
BUILDERS = frozenset(
    {"plain", "section", "markup", "Message", "words", "Column", "PlainTextObject"}
)
WORD = re.compile(r"[A-Za-z]{2,}")
OURS = {"Rollcall"}  # a name is none


def literals(path: Path) -> Iterator[str]:
    """The texts of a module that are written where people read them, outside of `_`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        arguments = [keyword.value for keyword in node.keywords if keyword.arg in READ]
        if name in BUILDERS:
            arguments += node.args[:1]
        for argument in arguments:
            yield from written(argument)


def written(node: ast.AST) -> Iterator[str]:
    """The words of a text, of a text with facts in it, or of one of two texts."""
    match node:
        case ast.Constant(value=str() as text):
            if WORD.search(text) and text.strip() not in OURS:
                yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield from written(value)
        case ast.IfExp(body=one, orelse=other):
            yield from written(one)
            yield from written(other)


def test_texts_in_blocks_and_windows_are_looked_up() -> None:
    found = {
        str(path.relative_to(ROOT)): texts
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if (texts := [*literals(path)])
    }

    assert found == {}
