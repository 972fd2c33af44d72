"""The language of who reads: texts, plurals, lists and numbers, in one thread and in the next."""

from concurrent.futures import ThreadPoolExecutor

from bot.slack.markup import moment
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence, counted, minute
from provisioning.values.language import (
    ListenerExecutor,
    _,
    alternatives,
    conjunction,
    in_language,
    macs,
    ngettext,
    of_locale,
    speak,
    spoken,
    worded,
)
from tests.support.inputs.examples import NOON
from tests.support.tables import for_each


@for_each(
    ("locale", "code"),
    [
        ("de-DE", "de"),
        ("de-AT", "de"),
        ("fr", "fr"),
        ("ja-JP", "ja"),
        ("es-LA", "es"),
        ("en-GB", "en"),
        ("pt-BR", "en"),
        ("", "en"),
        (None, "en"),
        (7, "en"),
    ],
)
def test_a_locale_of_slacks_is_a_language_that_rollcall_speaks_or_english(
    locale: object, code: str
) -> None:
    assert of_locale(locale) == code


@for_each(
    ("code", "one", "many", "names"),
    [
        ("en", "1 Mac", "1,000 Macs", "a and b"),
        ("de", "1 Mac", "1.000 Macs", "a und b"),
        ("es", "1 Mac", "1.000 Mac", "a y b"),
        ("fr", "1 Mac", "1\u202f000 Mac", "a et b"),
        ("ja", "Mac 1 台", "Mac 1,000 台", "a、b"),
    ],
)
def test_plurals_lists_and_numbers_are_those_of_the_language(
    code: str, one: str, many: str, names: str
) -> None:
    with in_language(code):
        assert (macs(1), macs(1000)) == (one, many)
        assert conjunction(["a", "b"]) == names


def test_a_moment_has_a_fallback_of_the_language_for_where_slack_draws_none() -> None:
    with in_language("de"):
        assert moment(NOON).endswith("|02.03.26, 12:00 UTC>")
        assert alternatives(["a", "b"]) == "a oder b"


def test_a_text_without_a_translation_is_english_and_keeps_its_facts() -> None:
    with in_language("de"):
        assert _("No catalog has {this}.", this="{that}") == "No catalog has {that}."


def test_a_sentence_is_english_as_text_and_keeps_its_facts_in_json() -> None:
    reason = Sentence("it is empty")
    sentence = Sentence("{name} cannot be read: {reason}.", name="a.csv", reason=reason)

    assert sentence == "a.csv cannot be read: it is empty."
    with in_language("de"):
        assert worded(sentence) == "a.csv ist nicht lesbar: es ist leer."
        assert worded(Sentence.from_json(sentence.to_json())) == worded(sentence)
        assert worded(RollcallError(sentence)) == worded(sentence)
        assert worded(counted("{number} hour", "{number} hours", 2)) == "2 Stunden"
        assert worded(counted("{number:,} new", "{number:,} new", 1000)) == "1.000 new"


def test_a_moment_in_a_sentence_is_written_as_in_the_language() -> None:
    sentence = Sentence("It was adopted on {moment}.", moment=minute(NOON))

    assert worded(sentence) == "It was adopted on 2026-03-02 12:00 UTC."
    with in_language("de"):
        assert worded(Sentence.from_json(sentence.to_json())) == (
            "Er wurde am 02.03.26, 12:00 UTC übernommen."
        )
        other = Sentence("It was adopted on {moment}.", moment="some day")
        assert worded(other) == "Er wurde am some day übernommen."


def test_what_stands_in_quotes_in_a_sentence_has_those_of_the_language() -> None:
    error = RollcallError("There is no command {word}", word=repr("mvoe"))

    assert worded(error) == "There is no command 'mvoe'"
    with in_language("de"):
        assert worded(error) == "Es gibt keinen Befehl „mvoe“"
    with in_language("ja"):
        assert "「mvoe」" in worded(error)


def test_a_reason_that_came_as_a_plain_text_is_worded_too() -> None:
    error = RollcallError("{name} cannot be read: {reason}.", name="a", reason="it is empty")

    with in_language("fr"):
        assert worded(error) == "a ne peut pas être lu\u202f: c’est vide."
    assert str(error) == "a cannot be read: it is empty."


def test_lazy_listeners_speak_the_language_of_their_request() -> None:
    with ListenerExecutor(max_workers=1) as executor, in_language("ja"):
        there = executor.submit(spoken).result()
        with in_language("en"):
            after = executor.submit(spoken).result()

    assert (there, after) == ("ja", "en")


def test_a_thread_speaks_english_until_it_is_told_otherwise() -> None:
    def told() -> tuple[str, str, str]:
        before = spoken()
        speak("de")
        with in_language("fr"):
            pass
        return before, spoken(), ngettext("{number} hour", "{number} hours", 1)

    with ThreadPoolExecutor(max_workers=1) as executor:
        assert executor.submit(told).result() == ("en", "de", "1 Stunde")
