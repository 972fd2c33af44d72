"""Docstrings: the first sentence says what kind of thing it is about."""

import re

from tests.support.installation import ROOT

FOLDERS = (
    "infrastructure",
    "provisioning",
    "bot",
    "server",
    "rollcall",
    "migrations",
    "tools",
    "tests",
)

# A question in place of a noun: it leaves open if this is a list, a bool or an exception.
_QUESTION = re.compile(r'^ *r?"""\s*(?:What|Whether|Which|Who|When|How)\b.*$', re.MULTILINE)


def test_no_docstring_begins_with_a_question_word() -> None:
    begins = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in _QUESTION.findall(path.read_text())
    ]

    assert begins == [], 'such as "The messages of a channel" or "True where a folder is empty"'
