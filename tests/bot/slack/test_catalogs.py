"""The catalogs have every text that people read, and their translations fit where texts stand."""

import re
from collections.abc import Sequence
from functools import cache
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from slack_sdk.models.views import View

from bot.slack.markup import Message
from provisioning.values.language import ENGLISH, LANGUAGES, in_language
from provisioning.values.language.catalogs import FOLDER
from tests.bot import wordings
from tests.fakes.slack.blocks.surfaces import problems_of_message, problems_of_view
from tests.support.inputs.examples import faults
from tests.support.soaking import rows_in_soak
from tests.support.tables import for_each
from tools import texts

TRANSLATED = [code for code in LANGUAGES if code != ENGLISH]
# What has to be in a translation as often as in the English text.
CODE, EMOJI, BOLD = re.compile(r"`[^`]*`"), re.compile(r":[a-z_]+:"), re.compile(r"\*")

# What is no text of the language: code, emojis and the names of facts.
MACHINES = re.compile(r"`[^`]*`|https?://[\w./]+|:[a-z_]+:|[a-z]+:[a-z]+|\{[^}]*\}")
# What a typesetter of the language would mark: in French an ordinary space before punctuation of
# two parts, quotation marks of another language, in Japanese Latin brackets and question marks.
UNTYPICAL = {
    "de": re.compile(r"[”«»]|^[^„]*“"),
    "es": re.compile(r"[“”„]|\s[:;?!]"),
    "fr": re.compile(r"[ \w][:;!?»]|«[^\u202f]|[“”„]|(?<=\w)'"),
    "ja": re.compile(r"[?!()“”„]|[ぁ-んァ-ヶ一-龠][:;,.]"),
}
# Words that the vocabulary of contributing.md gives to another thing than the English text has, and
# the English words of that thing; None where the language has no use for the word here.
OF_ANOTHER_THING: dict[str, dict[str, str | None]] = {
    "de": {
        r"[Ww]iderruf": "[Rr]evoke",
        r"\bSites?\b|Tafel|Schaltfläche|Kennwort|Geschichte|\bLogs?\b": None,
    },
    "es": {r"\bMacs\b|\badmins?\b|repositorio Munki|ordenador": None},
    "fr": {"[Ee]nregistrez": "[Rr]egister", r"\bMacs\b|\badmins?\b": None},
    "ja": {
        r"サーバ(?!ー)|スキャナー|ほか|フォルダー|ブラウザー": None,
        "サイト": "another site",
        "キャンセル|鍵|まとまり": None,
    },
}


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    """All texts in the code."""
    return texts.template()


@cache
def translations(code: str) -> Sequence[Entry]:
    """The texts of a language, with their translations."""
    return [entry for entry in texts.catalog_of(code) if entry.id]


def forms(entry: Entry) -> Sequence[tuple[str, str]]:
    """Each form of a translation, beside the English text for many things, or the only one."""
    string: Any = entry.string
    english = entry.id[-1] if isinstance(entry.id, list | tuple) else str(entry.id)
    translated = string if isinstance(string, tuple) else (string,)
    return [(english, each) for each in translated]


def marks(text: str) -> list[str]:
    """The marks of a text that mean something to Slack, and the facts in it."""
    facts = {f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}
    return sorted([*facts, *EMOJI.findall(text), *BOLD.findall(text), *CODE.findall(text)])


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalog_has_the_texts_of_the_code_and_each_is_translated(
    code: str, extracted: Catalog
) -> None:
    """Else: `python -m tools.texts`, and translate what it says."""
    updated = texts.updated(code, extracted)

    assert list(texts.untranslated(updated)) == []
    assert (FOLDER / f"{code}.po").read_bytes() == texts.written(updated)


@for_each("code", TRANSLATED)
def test_translations_have_the_facts_and_the_markup_of_the_text(code: str) -> None:
    for entry in translations(code):
        for english, translated in forms(entry):
            missing = set(marks(english)) ^ set(marks(translated))
            counted = {"{number}"} if isinstance(entry.id, list | tuple) else set()
            assert missing - counted == set(), translated
            assert BOLD.findall(english) == BOLD.findall(translated), translated
            for side in (0, -1):
                assert english[side] != " " or translated[side] == " ", translated


@for_each("code", TRANSLATED)
def test_the_form_for_many_says_how_many_where_the_english_one_does(code: str) -> None:
    for entry in translations(code):
        if isinstance(entry.id, list | tuple):
            english, translated = forms(entry)[-1]
            assert ("{number" in english) == ("{number" in translated), translated


@for_each("code", TRANSLATED)
def test_translations_are_set_as_their_language_is(code: str) -> None:
    for entry in translations(code):
        for _, translated in forms(entry):
            found = UNTYPICAL[code].search(MACHINES.sub("x", translated))
            assert found is None, translated


@for_each("code", TRANSLATED)
def test_each_thing_has_its_own_word(code: str) -> None:
    for entry in translations(code):
        for english, translated in forms(entry):
            for word, thing in OF_ANOTHER_THING.get(code, {}).items():
                is_meant = thing is not None and re.search(thing, english)
                assert is_meant or not re.search(word, translated), translated


def test_a_spanish_question_begins_with_its_mark() -> None:
    for entry in translations("es"):
        for _, translated in forms(entry):
            assert translated.count("¿") == translated.count("?"), translated


@rows_in_soak("German has the longest words", "es", "fr", "ja")
@pytest.mark.parametrize("code", TRANSLATED)
def test_slack_takes_every_message_and_window_in_every_language(code: str) -> None:
    with in_language(code):
        for name, shown in wordings.shown():
            match shown:
                case Message():
                    found = faults(shown)
                case View():
                    found = problems_of_view(shown.to_dict())
                case list():
                    found = problems_of_message([block.to_dict() for block in shown])
                case _:
                    found = []
            assert found == [], name
