"""Forms: the rules that tell the manifests of one kind, sites or builds, by their paths.

A path is that of a manifest below `manifests/`, such as `included_manifests/sites/uk/leeds`. A
form makes a path of a name, and gives the name back of every path that it covers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import takewhile
from typing import Any, Protocol

SITE = "{site}"  # in the pattern of builds: the site that they are offered for
NAME = "*"  # in a pattern: the name, which is one part of a path
WHOLE = 10_000  # the weight of a form that says all of a path; no path is longer


@dataclass(frozen=True, slots=True)
class Reading:
    """A path as a form reads it: a name, and the site that it is for; None: for all sites."""

    name: str
    site: str | None = None


@dataclass(frozen=True, slots=True)
class FolderListing:
    """A folder below `manifests/` to be listed, "" for itself; `deep`: with all below it."""

    folder: str
    deep: bool


class Form(Protocol):
    """A rule that tells the manifests of one kind by their paths."""

    @property
    def listings(self) -> Sequence[FolderListing]:
        """The folders in which there may be something of this kind."""

    @property
    def weight(self) -> int:
        """The characters of a path that it fixes: of two forms, the one that says more owns it."""

    @property
    def needs_site(self) -> bool:
        """True where a path names a site, too."""

    @property
    def finds_folders(self) -> bool:
        """True where it covers folders, whose paths end in `/`, and no manifests."""

    def readings(self, path: str) -> Sequence[Reading]:
        """Return the possible names in a path; none where it is not of this kind.

        There are several where the border between the site's name and the other is not certain.
        """

    def path(self, name: str, site: str = "") -> str | None:
        """Return the path of a name; None for a name that this form cannot have."""

    def to_json(self) -> dict[str, Any]:
        """Return it as the policy file writes it."""


@dataclass(frozen=True)
class FolderForm:
    """All manifests below a folder, at any depth: the name is the path from there."""

    folder: str
    needs_site = finds_folders = False

    @property
    def listings(self) -> Sequence[FolderListing]:
        """The folder, with all below it."""
        return (FolderListing(self.folder, deep=True),)

    @property
    def weight(self) -> int:
        """The length of the folder's path, with the slash behind it."""
        return len(self.folder) + 1

    def readings(self, path: str) -> Sequence[Reading]:
        """Return the path from the folder; nothing for one that is elsewhere."""
        return _rest(path, f"{self.folder}/")

    def path(self, name: str, site: str = "") -> str:
        """Return the path of a name in the folder."""
        del site
        return f"{self.folder}/{name}"

    def to_json(self) -> dict[str, Any]:
        """Return it as the policy file writes it."""
        return {"folder": self.folder}


@dataclass(frozen=True)
class PrefixForm:
    """The manifests at the root whose names begin with a prefix: the rest is the name."""

    prefix: str
    needs_site = finds_folders = False

    @property
    def listings(self) -> Sequence[FolderListing]:
        """The root alone."""
        return (FolderListing("", deep=False),)

    @property
    def weight(self) -> int:
        """The length of the prefix."""
        return len(self.prefix)

    def readings(self, path: str) -> Sequence[Reading]:
        """Return the rest of a name that begins with the prefix."""
        return () if "/" in path else _rest(path, self.prefix)

    def path(self, name: str, site: str = "") -> str:
        """Return the prefix with a name behind it."""
        del site
        return self.prefix + name

    def to_json(self) -> dict[str, Any]:
        """Return it as the policy file writes it."""
        return {"prefix": self.prefix}


@dataclass(frozen=True)
class NamesForm:
    """A list of manifests: pairs of a name and a path."""

    names: tuple[tuple[str, str], ...]
    needs_site = finds_folders = False
    weight = WHOLE

    @property
    def listings(self) -> Sequence[FolderListing]:
        """The folders of the paths."""
        folders = dict.fromkeys(path.rpartition("/")[0] for _, path in self.names)
        return tuple(FolderListing(folder, deep=False) for folder in folders)

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return dict(self.names)

    @cached_property
    def _by_path(self) -> Mapping[str, str]:
        return {path: name for name, path in self.names}

    def readings(self, path: str) -> Sequence[Reading]:
        """Return the name of a path that is in the list."""
        name = self._by_path.get(path)
        return () if name is None else (Reading(name),)

    def path(self, name: str, site: str = "") -> str | None:
        """Return the path of a name that is in the list."""
        del site
        return self._by_name.get(name)

    def to_json(self) -> dict[str, Any]:
        """Return it as the policy file writes it."""
        return {"names": dict(self.names)}


@dataclass(frozen=True)
class MatchForm:
    """The manifests, or the folders, whose paths are those of a pattern.

    A pattern has one `*`, which is the name and never crosses a `/`, and may have `{site}`, which
    is a whole site wherever it stands. One that ends in `/` finds folders.
    """

    pattern: str

    @cached_property
    def listings(self) -> Sequence[FolderListing]:
        """The folder up to the first part that is not fixed, with all below it."""
        fixed = takewhile(lambda part: NAME not in part and SITE not in part, self._parts)
        return (FolderListing("/".join(fixed), deep=True),)

    @property
    def _parts(self) -> Sequence[str]:
        return self.pattern.split("/")

    @cached_property
    def weight(self) -> int:
        """The number of characters without the name and the site."""
        return len(self.pattern.replace(SITE, "").replace(NAME, ""))

    @cached_property
    def needs_site(self) -> bool:
        """True where `{site}` is in the pattern."""
        return SITE in self.pattern

    @cached_property
    def finds_folders(self) -> bool:
        """True where the pattern ends in `/`."""
        return self.pattern.endswith("/")

    def readings(self, path: str) -> Sequence[Reading]:
        """Return each name, and each site, for which the pattern makes this path."""
        if not self.needs_site:
            match = _compiled(self.pattern).fullmatch(path)
            return (Reading(match["name"]),) if match else ()
        matches = (
            _compiled(self.pattern, length).fullmatch(path) for length in self._lengths(path)
        )
        return tuple(Reading(match["name"], match["site"]) for match in matches if match)

    def _lengths(self, path: str) -> Iterator[int]:
        """Yield the lengths that the site's name may have: up to where the text behind it is."""
        before, _, behind = self.pattern.partition(SITE)
        text = behind.split(NAME)[0].split(SITE)[0]
        if NAME in before or not text:
            yield from range(1, len(path) - self.weight)
            return
        start = len(before)
        place = path.find(text, start + 1)
        while place > 0:
            yield place - start
            place = path.find(text, place + 1)

    def path(self, name: str, site: str = "") -> str | None:
        """Return the path of a name, for a site; None for a name that is no part of a path."""
        if "/" in name or not name or (self.needs_site and not site):
            return None
        before, _, behind = self.pattern.partition(NAME)
        return before.replace(SITE, site) + name + behind.replace(SITE, site)

    def to_json(self) -> dict[str, Any]:
        """Return it as the policy file writes it."""
        return {"match": self.pattern}


def form_of(written: Mapping[str, Any]) -> Form:
    """Return the form of which `to_json` returned this."""
    if "names" in written:
        return NamesForm(tuple(written["names"].items()))
    kinds: Mapping[str, type[FolderForm | PrefixForm | MatchForm]]
    kinds = {"folder": FolderForm, "prefix": PrefixForm, "match": MatchForm}
    return next(kind(written[key]) for key, kind in kinds.items() if key in written)


def _rest(path: str, beginning: str) -> Sequence[Reading]:
    name = path.removeprefix(beginning)
    return (Reading(name),) if name and name != path else ()


@cache
def _compiled(pattern: str, length: int = 0) -> re.Pattern[str]:
    """A pattern as a regular expression for sites of one `length`, in characters."""
    fixed = re.escape(pattern)
    site, name = re.escape(SITE), re.escape(NAME)
    first = fixed.replace(site, f"(?P<site>.{{{length}}})", 1)
    return re.compile(first.replace(site, "(?P=site)").replace(name, "(?P<name>[^/]+)"), re.DOTALL)
