"""File names in another case: disks of Macs and most shares find a file by them, others do not."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache, cached_property

from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.storage.base import Store


class FoundNames:
    """An index of files by the names that lead to them.

    `ignores_case` returns True where one in another case does, too. It is asked once at most: for
    the first name that only such a disk would find.
    """

    def __init__(self, names: Iterable[str], ignores_case: Callable[[], bool]) -> None:
        self._names, self._ignores_case = frozenset(names), cache(ignores_case)

    def find(self, name: str) -> str | None:
        """Return the name of the file to which `name` leads, None where there is none."""
        if name in self._names:
            return name
        found = self._by_form.get(_in_one_case(name))
        return found if found is not None and self._ignores_case() else None

    @cached_property
    def _by_form(self) -> Mapping[str, str]:
        return {_in_one_case(name): name for name in sorted(self._names)}


def _in_one_case(name: str) -> str:
    """Return a name in one case and composed: such disks take accents in two parts for one."""
    return unicodedata.normalize("NFC", name).casefold()


def ignores_case(store: Store, names: Collection[str]) -> bool:
    """Return True where a store has these files by their names in another case, too."""
    known = set(names)
    for name in names:
        folder, slash, last = name.rpartition("/")
        other = f"{folder}{slash}{last.swapcase()}"
        if other not in known:  # a twin proves nothing
            with suppress(ManifestUnreadable):  # a link that leads nowhere: the next one tells
                return store.exists(other)
    return False
