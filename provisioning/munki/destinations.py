"""The sites, or the builds, that a Munki repo has: what may be asked for, and what was meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from infrastructure.text import folded
from provisioning.munki.errors import UnknownDestination
from provisioning.munki.storage import Store

LONGEST_NAME = 75  # characters: what Slack shows of an option


@dataclass(frozen=True, slots=True)
class _Known:
    """The names in a folder as it was listed, and each of them by how it compares."""

    listed: Sequence[str]
    names: tuple[str, ...]
    known_as: Mapping[str, str]

    @classmethod
    def of(cls, listed: Sequence[str]) -> Self:
        names = tuple(name for name in listed if _is_name(name))
        by_case = {folded(name): name for name in names}
        return cls(listed, names, by_case | {name: name for name in names})


class DestinationList:
    """The files directly in `folder`, whose names people and scripts type in any case."""

    def __init__(self, store: Store, folder: str, unknown: type[UnknownDestination]) -> None:
        self._store, self._folder, self._unknown = store, folder.rstrip("/"), unknown
        self._known = _Known.of(())

    def names(self) -> list[str]:
        """All names, sorted."""
        return list(self._now().names)

    def named(self, typed: str) -> str:
        """Return the name that was meant, in its own case; an exact one before all others.

        Raises UnknownSite or UnknownBuild, with the nearest names that exist.
        """
        typed = typed.strip()
        known_as, wanted = self._now().known_as, folded(typed)
        found = known_as.get(typed) or known_as.get(wanted)
        if found is not None:
            return found
        nearest = dict.fromkeys(known_as[near] for near in get_close_matches(wanted, known_as))
        raise self._unknown(typed, nearest=list(nearest))

    def _now(self) -> _Known:
        """What is there now; looked up anew only where the folder changed."""
        listed = self._store.names(self._folder)
        if listed is not self._known.listed:
            self._known = _Known.of(listed)
        return self._known


def _is_name(name: str) -> bool:
    """Whether `name` can be a site or a build: one visible file name that Slack can show."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and name == name.strip()
        and "/" not in name
        and not name.startswith(".")
    )
