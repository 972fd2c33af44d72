"""Words for the verbs in other tools and languages, which `verbs.toml` has, and mistyped verbs."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence, Set
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.commands.parsing.talk import CORRECTIONS
from bot.commands.parsing.words import Misunderstood, telling
from infrastructure.text import plain

# By difflib. Less are `exit` and `export`, and words before Macs that are like a verb: `Stock: …`.
_ALIKE = 0.74
# As phones without the accents of a language write them. Not those that are words of others.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_OTHERWISE_MEANT = {"esta", "ou"}
# What a Japanese sentence ends with, behind a serial with no space or a particle.
_POLITE = r"(?:して\w*|する|お願い\w*|ですか?)?$"
_AT_THE_END = {
    rf"(?:キャンセル|解除|取消|削除){_POLITE}": "cancel",
    rf"(?:再インストール|(?:もう一度|再度)インストール|入れ直し|やり直し){_POLITE}": "reimage",
    rf"(?:表示|どこ|状態){_POLITE}": "show",
}
_LOOKS = frozenset({"details", "see", "view"})  # a list may begin so, too
_IN_LISTS = frozenset({"discard", "drop", "forget", "restore", "retry", "stop"})
# Forms of verbs in sentences about a Mac.
_INFLECTED = dict.fromkeys(("cancelled", "canceled", "cancelling", "canceling"), "cancel")
_INFLECTED |= dict.fromkeys(("reimaged", "re-imaged", "reimaging", "re-imaging"), "reimage")


def _spelt(key: str) -> dict[str, str]:
    """The verbs of the words below a key, also as these are spelt without accents."""
    found = {word: verb for verb, keys in _VERBS.items() for word in keys.get(key, "").split()}
    bare = {
        spelt: verb
        for word, verb in found.items()
        if not word.isascii()
        for spelt in (plain(word), word.translate(_UMLAUTS))
        if spelt.isascii() and spelt not in _OTHERWISE_MEANT
    }
    return bare | found


def _has_each(words: Sequence[str], each: Sequence[Set[str]]) -> bool:
    said = {*words, *map("_".join, pairwise(words))}
    return all(not some.isdisjoint(said) for some in each)


_VERBS: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
VERB_NAMES = tuple(_VERBS)
VIEWS = frozenset({"digest", "doctor", "list", "log", "stats"})  # they need no other word
OTHER_WORDS = _spelt("words") | dict.fromkeys(CORRECTIONS, "move")
WORDS_ALONE = _spelt("alone")
_TOGETHER = [
    (verb, [frozenset(some.split()) for some in each])
    for verb, keys in _VERBS.items()
    for each in keys.get("together", ())
]


class UnknownVerb(Misunderstood):
    """A text that begins with no verb.

    `nearest` are the possible ones. `hint` says how it is done, where it is not by a verb.
    """

    def __init__(self, word: str, nearest: Sequence[str] = (), hint: str = "") -> None:
        super().__init__("There is no command {word}", word=repr(word[:40]))
        self.nearest = () if hint else nearest
        self.hint = hint


class IncompleteMove(Misunderstood):
    """A move of a Mac that names a site alone, or a build."""

    def __init__(self, serial: str, site: str | None, build: str | None) -> None:
        names = (site or "SITE", build or "BUILD")
        quoted = [f'"{name}"' if " " in name else name for name in names]
        typed = " ".join(["move", serial, *quoted])
        super().__init__("A move takes a site and a build: {typed}", typed=typed)


def slip_of(word: str, verbs: Collection[str] = VERB_NAMES) -> Sequence[str]:
    """Return the verbs of which `word` is probably a mistyped form, the likeliest first."""
    # A hyphen is seldom forgotten, and `design`, which many builds are called, is like `sign-in`.
    likely = [verb for verb in verbs if "-" in word or "-" not in verb]
    return get_close_matches(word.lower(), likely, n=2, cutoff=_ALIKE)


def verb_beside(words: Sequence[str]) -> Sequence[str]:
    """Return the verb that words beside the serial of a Mac ask for: `C02… stornieren`.

    Only those of `together`, *status* at the end, a word such as *see* and nothing else, what a
    Japanese sentence ends with, and words for `cancel` and `reimage` that stand in no list.
    """
    match telling(words):
        case [look, _] if look in _LOOKS:
            return ["show"]
    if words[-1:] == ["status"]:
        return ["show"]
    if together := [verb for verb, each in _TOGETHER if _has_each(words, each)]:
        return together
    if ends := [verb for form, verb in _AT_THE_END.items() if re.search(form, words[-1])]:
        return ends
    asked = {"kill": "cancel", "scrap": "cancel", "redo": "reimage"} | OTHER_WORDS | _INFLECTED
    verbs = [asked.get(word, word) for word in words if word not in _IN_LISTS]
    return [verb for verb in verbs if verb in {"cancel", "reimage"}][:1]


def other_word_for(word: str, *, is_alone: bool = False) -> Sequence[str]:
    """Return the verb for `word`, which other programs use for the same, if there is one.

    Some words mean one only where they stand alone.
    """
    word = re.sub(r"^[¿¡]+|'(?:s|è)$|(?<=\w)[?!.,:…]+$", "", word.lower())
    verb = OTHER_WORDS.get(word) or (WORDS_ALONE.get(word) if is_alone else None)
    return [verb] if verb else []


def shows(verbs: Sequence[str]) -> bool:
    """Return True for the verb of something to look at that needs no other word."""
    return not {*VIEWS, "help"}.isdisjoint(verbs)
