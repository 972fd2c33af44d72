"""No text of the Slack door goes past the catalogs, and each gets the facts that it names."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter

import pytest

from tests.support.installation import ROOT

# Arguments of blocks and windows that people read, and builders whose first argument they read.
READ = frozenset(
    {"text", "label", "title", "placeholder", "hint", "submit", "close", "confirm", "deny"}
)
BUILDERS = frozenset(
    {"plain", "section", "markup", "Message", "words", "Column", "PlainTextObject"}
)
FORMATTED = frozenset({"_", "ngettext", "Sentence", "counted"})
WORD = re.compile(r"[A-Za-z]{2,}")
CALLED = re.compile(rf"\b({'|'.join(FORMATTED)})\(")
OURS = {"Rollcall"}  # a name is no text
Calls = Mapping[str, Sequence[ast.Call]]


@pytest.fixture(scope="module")
def calls() -> Calls:
    """The calls of all modules in which texts are looked up or drawn."""
    found = {}
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "provisioning").rglob("*.py")]):
        content, name = path.read_text(), str(path.relative_to(ROOT))
        if name.startswith("bot/") or CALLED.search(content):
            nodes = ast.walk(ast.parse(content))
            found[name] = [node for node in nodes if isinstance(node, ast.Call)]
    return found


def test_texts_in_blocks_and_windows_are_looked_up(calls: Calls) -> None:
    found = {
        name: texts
        for name, nodes in calls.items()
        if name.startswith("bot/")
        and (texts := [text for node in nodes for text in literals(node)])
    }

    assert found == {}


def test_every_text_gets_the_facts_that_it_names(calls: Calls) -> None:
    found = {
        name: facts
        for name, nodes in calls.items()
        if (facts := [fact for node in nodes for fact in lacking(node)])
    }

    assert found == {}


def literals(node: ast.Call) -> Iterator[str]:
    """The texts that a call writes where people read them, outside of `_`."""
    arguments = [keyword.value for keyword in node.keywords if keyword.arg in READ]
    if isinstance(node.func, ast.Name) and node.func.id in BUILDERS:
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


def lacking(node: ast.Call) -> Iterator[str]:
    """The facts that a text names and is not given; a text that gets a mapping passes."""
    if not isinstance(node.func, ast.Name) or node.func.id not in FORMATTED:
        return
    given = {keyword.arg for keyword in node.keywords}
    if node.func.id in ("ngettext", "counted"):
        given.add("number")
    for text in node.args if None not in given else ():
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            fields = (field for _, field, *_ in Formatter().parse(text.value) if field)
            yield from (field for field in fields if field not in given)
