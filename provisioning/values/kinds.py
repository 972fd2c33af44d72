"""Kinds of names that say where a Mac goes: a site and a build, or only one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from infrastructure.text import Sentence

SITE, BUILD = "site", "build"
_LACKS = {SITE: Sentence("This repo has no sites. "), BUILD: Sentence("This repo has no builds. ")}
_PHRASES = {
    str(phrase): phrase
    for phrase in (
        *(Sentence("a site and a build"), Sentence("a site"), Sentence("a build")),
        *(Sentence("the site and the build"), Sentence("the site"), Sentence("the build")),
        *(Sentence("no site and no build"), Sentence("no site"), Sentence("no build")),
        *(Sentence("site or build"), Sentence("site"), Sentence("build")),
    )
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of names in a Munki repo, in the order in which people type them."""

    names: tuple[str, ...] = (SITE, BUILD)

    @classmethod
    def of(cls, sites: object, builds: object) -> Self:
        """Return the kinds of a repo: each is there unless its argument is None."""
        found = ((SITE, sites), (BUILD, builds))
        return cls(tuple(name for name, part in found if part is not None))

    @property
    def form(self) -> str:
        """The names as a form to fill in: `SITE BUILD`."""
        return " ".join(self.names).upper()

    def in_words(self, article: str = "", *, joint: str = "and") -> Sentence:
        """Return the names in a sentence, each behind an article: `a site and a build`."""
        phrase = f" {joint} ".join(f"{article} {name}".strip() for name in self.names)
        return _PHRASES.get(phrase) or Sentence(phrase)

    @property
    def lack(self) -> str:
        """A sentence on the kind that the repo lacks, with a space behind it; empty for none."""
        lacking = [name for name in (SITE, BUILD) if name not in self.names]
        return _LACKS[lacking[0]] if lacking else ""

    def pair(self, names: Sequence[str]) -> tuple[str, str]:
        """Return a site and a build of one name for each kind; "" for a kind that is not there."""
        typed = dict(zip(self.names, names, strict=True))
        return typed.get(SITE, ""), typed.get(BUILD, "")


BOTH = Kinds()
