"""Words by which lists are read, out of `words.toml`: a section for each language.

`ABOUT` says what the words of each key mean.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

# Chinese, Japanese and Korean, which are written without spaces between the words.
SCRIPTS = ("\u3040-\u309f", "\u30a0-\u30ff", "\u3400-\u9fff", "\uac00-\ud7af")
SCRIPT = "".join(SCRIPTS)
_MARKS = re.compile("[\u0300-\u036f]")  # accents
_LANGUAGES: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
ABOUT = _LANGUAGES.pop("about")


def listed(key: str) -> dict[str, list[str]]:
    """Return the words of a key by language, as they are written there, the plainest first."""
    return {language: _parts(keys[key]) for language, keys in _LANGUAGES.items() if key in keys}


def known(*keys: str) -> frozenset[str]:
    """Return the words of some keys in all languages, in small letters, also without accents."""
    words = {form for key in keys for word in _inflected(key) for form in _small(word)}
    return frozenset(words | {_MARKS.sub("", unicodedata.normalize("NFKD", w)) for w in words})


def exact_pattern(key: str) -> str:
    """Return a regular expression for the words of one key, with their accents, without groups."""
    return either({form for word in _inflected(key) for form in _small(word)})


def pattern(*keys: str) -> str:
    """Return a regular expression for one of the words that are `known`, without groups."""
    return either(known(*keys))


def whole(words: str) -> str:
    """Return a pattern of words that are parts of no others, but in scripts without spaces."""
    return rf"(?<![^\W{SCRIPT}])(?:{words})(?![^\W{SCRIPT}]|-)"


def either(words: Iterable[str]) -> str:
    """Return a regular expression for one of some words, the longest first.

    Beginnings are tried once.
    """
    behind: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        behind[word[:1]].append(word[1:])
    is_whole = behind.pop("", None) is not None
    each = (
        re.escape(first) + (either(rests) if len(rests) == 1 else f"(?:{either(rests)})")
        for first, rests in sorted(behind.items())
    )
    text = "|".join(each)
    return f"(?:{text})?" if is_whole and text else text


def _inflected(key: str) -> Iterator[str]:
    for language, words in listed(key).items():
        endings = _parts(_LANGUAGES[language].get("endings", ""))
        for word in words:
            forms = (word[:-1] + ending[1:] for ending in endings)
            yield from forms if len(word) > 1 and word.endswith("-") else (word,)


def _small(word: str) -> tuple[str, str]:
    """A word in small letters, and as `casefold` writes it: *grüße* and *grüsse*."""
    return word.lower(), word.casefold()


def _parts(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split(",") if word.strip()]
