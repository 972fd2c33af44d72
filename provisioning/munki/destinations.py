"""Lists of the sites and the builds that a Munki repo has, and the search for a name in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Protocol, Self

from infrastructure.text import normalize
from provisioning.munki.errors import UnknownDestination
from provisioning.munki.manifests.documents import Destination
from provisioning.munki.namesakes import Look
from provisioning.munki.storage import Store

LONGEST_NAME = 75  # characters: Slack's limit for an option
MOST_ADVISED = 50  # unknown names for which similar ones are searched, because that is slow


@dataclass(frozen=True, slots=True)
class _Known:
    """The names in a folder as it was listed, by their exact and their normalized form."""

    listed: Sequence[str]
    names: tuple[str, ...]
    known_as: Mapping[str, str]

    @classmethod
    def of(cls, listed: Sequence[str]) -> Self:
        names = tuple(name for name in listed if _is_name(name))
        by_case = {normalize(name): name for name in names}
        return cls(listed, names, by_case | {name: name for name in names})


class DestinationList:
    """The list of the files directly in `folder`: sites or builds, searched in any case."""

    def __init__(self, store: Store, folder: str, unknown: type[UnknownDestination]) -> None:
        self._store, self._folder, self._unknown = store, folder.rstrip("/"), unknown
        self._known = _Known.of(())

    def names(self) -> list[str]:
        """All names, sorted."""
        return list(self._now().names)

    def named(self, typed: str) -> str:
        """Return the listed name for a typed one; an exact match comes before one in any case.

        Raises UnknownSite or UnknownBuild, with the most similar names.
        """
        typed = typed.strip()
        known_as, normalized = self._now().known_as, normalize(typed)
        name = known_as.get(typed) or known_as.get(normalized)
        if name is not None:
            return name
        nearest = dict.fromkeys(known_as[near] for near in get_close_matches(normalized, known_as))
        raise self._unknown(typed, nearest=list(nearest))

    def _now(self) -> _Known:
        """The names as they are now; listed again only where the folder changed."""
        listed = self._store.names(self._folder)
        if listed is not self._known.listed:
            self._known = _Known.of(listed)
        return self._known


def _is_name(name: str) -> bool:
    """True where `name` can be a site or a build: one visible file name that Slack can show."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and name == name.strip()
        and "/" not in name
        and not name.startswith(".")
    )


class _Repo(Protocol):
    """The part of a Munki repo that sites and builds are looked up in."""

    def sites(self) -> list[str]: ...
    def builds(self) -> list[str]: ...
    def namesakes(self) -> Look: ...


class DestinationIndex:
    """An index of the sites and builds of the Munki repo at one moment.

    Raises RepoUnusable when it is made.
    """

    def __init__(self, repo: _Repo) -> None:
        self.sites, self.builds = repo.sites(), repo.builds()
        self._repo = repo
        self._known = {
            "site": {normalize(name): name for name in self.sites},
            "build": {normalize(name): name for name in self.builds},
        }
        self._advised = 0
        self.look_up = lru_cache(maxsize=10_000)(self._look_up)

    @cached_property
    def namesakes(self) -> Look:
        """A look-up of manifests by host names; the folder is listed at the first use."""
        return self._repo.namesakes()

    def _look_up(self, site: str | None, build: str | None) -> Destination | str:
        """Return the destination of these names, or a reason in plain words for people."""
        missing = [kind for kind, name in (("site", site), ("build", build)) if not name]
        if missing or not site or not build:
            return f"names no {' and no '.join(missing)}"
        match = self._known["site"].get(normalize(site)), self._known["build"].get(normalize(build))
        if match[0] is not None and match[1] is not None:
            return Destination(match[0], match[1])
        kind, name = ("build", build) if match[0] is not None else ("site", site)
        return (
            f"is for {name[:75]!r}, and there is no {kind} of that name{self._advice(kind, name)}"
        )

    def _advice(self, kind: str, name: str) -> str:
        self._advised += 1
        if self._advised > MOST_ADVISED:
            return ""
        names = self._known[kind]
        near = [names[key] for key in get_close_matches(normalize(name), names)]
        return f"; did you mean {' or '.join(near)}?" if near else ""
