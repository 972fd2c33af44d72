"""The language of the person who reads: texts, plurals, lists and numbers in it.

Texts are English in the code; those that no catalog has stay English.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, ParamSpec, TypeAlias, TypeVar, get_args

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence, minute, moment_of

if TYPE_CHECKING:
    from provisioning.values.language.catalogs import Catalog

ENGLISH: Final = "en"
Language: TypeAlias = Literal["en", "de", "es", "fr", "ja"]
LANGUAGES: tuple[str, ...] = get_args(Language)

# None is English, which needs no catalog.
_READERS: ContextVar["Catalog | None"] = ContextVar("language", default=None)

# Facts that are parts of a sentence themselves, also where they have come through a process's end.
CLAUSES = ("reason", "wanted", "fix", "fact")

Given = ParamSpec("Given")
Result = TypeVar("Result")


def speak(code: str) -> None:
    """From here on, word texts in this thread in a language; in English without a catalog."""
    _READERS.set(_catalog(code))


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """A context in which texts are worded in a language, as for `speak`."""
    token = _READERS.set(_catalog(code))
    try:
        yield
    finally:
        _READERS.reset(token)


def spoken() -> str:
    """The code of the language in which texts are worded now."""
    catalog = _READERS.get()
    return catalog.code if catalog else ENGLISH


def of_locale(locale: object) -> str:
    """Return the language of a locale as Slack writes it, such as `de-DE`; English without one."""
    code = str(locale).partition("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def _(sentence: str, /, **facts: object) -> str:
    """Return a text in the reader's language, with its facts, which are markup already."""
    catalog = _READERS.get()
    text = catalog.text(sentence) if catalog else sentence
    return text.format_map(_written(facts)) if facts else text


def marked(text: str) -> str:
    """Return a text as it is: one that `_` gets later, and that belongs into the catalogs."""
    return text


def ngettext(one: str, many: str, number: int, /, **facts: object) -> str:
    """Return the text for a number of things, which stands where it has `{number}`."""
    catalog = _READERS.get()
    text = one if number == 1 else many
    if catalog:
        text = catalog.plural(one, many, number)
    return text.format_map(_written({"number": number, **facts}))


def macs(number: int) -> str:
    """Return a number of Macs in words."""
    return ngettext("{number} Mac", "{number} Macs", number)


def worded(sentence: str | RollcallError) -> str:
    """Return a sentence, or that of an error, in the reader's language. Its facts are as they are.

    A plain text is returned as the catalog has it. It is no markup yet: escape it.
    """
    if isinstance(sentence, RollcallError):
        sentence = sentence.sentence
    if not isinstance(sentence, Sentence):
        return _(sentence)
    facts: dict[str, Any] = {name: _fact(name, fact) for name, fact in sentence.facts.items()}
    if sentence.many is None:
        return _(sentence.template, **facts)
    number = facts.pop("number")
    return ngettext(sentence.template, sentence.many, number, **facts)


def _fact(name: str, fact: object) -> object:
    """A fact in the reader's language where it is a sentence or a moment, as its name says."""
    if name == "moment" and isinstance(fact, str) and (at := moment_of(fact)) is not None:
        return hour(at)
    if isinstance(fact, Sentence) or (name in CLAUSES and isinstance(fact, str)):
        return worded(fact)
    return quoted(fact) if isinstance(fact, str) else fact


def quoted(fact: str) -> str:
    """Return a fact, in which quotation marks of Python become those of the reader's language."""
    is_quoted = len(fact) > 1 and fact[0] == fact[-1] and fact[0] in "'\""
    return _("“{text}”", text=fact[1:-1]) if is_quoted and spoken() != ENGLISH else fact


def _written(facts: dict[str, object]) -> dict[str, object]:
    """Facts with their numbers as the reader writes them."""
    return {
        name: _Figure(figure(fact)) if type(fact) is int else fact for name, fact in facts.items()
    }


class _Figure(str):
    """A number as the reader writes it, whatever form the English text gives it."""

    __slots__ = ()

    def __format__(self, spec: str, /) -> str:
        """Return it without a form."""
        return str(self)


def commas(parts: Sequence[str]) -> str:
    """Return a list of parts without a word between them."""
    return _(", ").join(parts)


def clauses(parts: Sequence[str]) -> str:
    """Return a list of parts that have commas of their own."""
    return _("; ").join(parts)


def stated(subject: str, state: str) -> str:
    """Return a thing with what is said of it: “a: b”."""
    return f"{subject}{_(': ')}{state}"


def as_sentence(text: str) -> str:
    """Return a text with the full stop of a sentence."""
    return _("{sentence}.", sentence=text)


def aside(text: str, remark: str) -> str:
    """Return a text with a remark in brackets: “a (b)”."""
    return _("{text} ({remark})", text=text, remark=remark)


def conjunction(parts: Sequence[str]) -> str:
    """Return a list of parts that belong together: “a and b”."""
    catalog = _READERS.get()
    return catalog.listed(parts) if catalog else " and ".join(parts)


def series(parts: Sequence[str]) -> str:
    """Return a list of two or more parts that belong together: “a, b and c”."""
    catalog = _READERS.get()
    if catalog:
        return catalog.listed(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def alternatives(parts: Sequence[str]) -> str:
    """Return a list of parts of which one is meant: “a or b”."""
    catalog = _READERS.get()
    return catalog.listed(parts, style="or") if catalog else " or ".join(parts)


def figure(number: int) -> str:
    """Return a number with its thousands apart."""
    catalog = _READERS.get()
    return catalog.number(number) if catalog else f"{number:,}"


def capitalized(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def hour(at: datetime) -> str:
    """Return a moment in UTC, for places that cannot show the reader's own zone."""
    catalog = _READERS.get()
    return catalog.moment(at) if catalog else minute(at)


class ListenerExecutor(ThreadPoolExecutor):
    """An executor of lazy listeners, which speak the language of the request behind them."""

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> "Future[Result]":
        """Call `fn` in another thread, in the language of this one."""
        code = spoken()

        def speaking() -> Result:
            with in_language(code):
                return fn(*args, **kwargs)

        return super().submit(speaking)


def _catalog(code: str) -> "Catalog | None":
    if code == ENGLISH or code not in LANGUAGES:
        return None
    # Late: who speaks English alone carries neither Babel nor a catalog.
    from provisioning.values.language import catalogs  # noqa: PLC0415

    return catalogs.catalog(code)
