"""Destinations of the Macs in a table: the sites and builds that the cells of their rows name."""

import re

from infrastructure.text import normalize
from provisioning.imports.parsing.entries import Entry
from provisioning.imports.parsing.grids.blocks import cell_at
from provisioning.imports.parsing.grids.column import YES, is_blank
from provisioning.imports.parsing.grids.columns import Columns, Group
from provisioning.imports.parsing.grids.roles import Role
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import strangers
from provisioning.imports.parsing.tokens.cells import cleaned
from provisioning.imports.parsing.vocabulary.headings import ColumnKind
from provisioning.imports.parsing.vocabulary.words import known

LONGEST_ROW, LONGEST_NAME = 200, 80  # characters that are looked at
PAIR = 2  # names of a path that may say from where to where Macs go
_PATH = re.compile(r"\s+[>›»]\s+|\\")
_ROOM = re.compile(r"\s*[,(:–—/]\s*|\s-\s")
_ROOMS = known("room", "a_room")


class Destinations:
    """A reader of the sites and builds in the rows of one table."""

    def __init__(self, columns: Columns, names: Names) -> None:
        self._columns, self._names = columns, names
        groups = columns.groups  # `london/design`: of such a column a cell may hold one of the two
        self._are_shared = all(group.site == group.build for group in groups)

    def of(self, group: Group, cells: list[str], entry: Entry) -> tuple[str, str, str | None]:
        """Return the site and the build of a Mac in a row, "" for none, and a doubt.

        Its own columns come first; then the names above its column and above marks in its row; then
        names in other cells, where the table has no headings that say more and the cell of the Mac,
        which `entry` is, has none.
        """
        site = self._value(cells, group.site, ColumnKind.SITE)
        build = self._value(cells, group.build, ColumnKind.BUILD)
        marked = self._columns.having[Role.MARKED]
        headings = [group.above, *(c.heading for c in marked if c.of(cells).casefold() in YES)]
        named = self._names.named_in(" , ".join(filter(None, headings)))
        if max(len(named.sites), len(named.builds)) == 1:
            site, build = site or named.site or "", build or named.build or ""
        if not self._columns.head.is_known:
            rest = [cell for number, cell in enumerate(cells) if number != group.serial]
            beside = self._names.named_in(" , ".join(rest)[:LONGEST_ROW])
            if len(beside.sites) == 1 and group.site is None and not entry.site:
                site = beside.sites[0]
            if len(beside.builds) == 1 and group.build is None and not entry.build:
                build = beside.builds[0]
        others = (
            self._value(cells, c.number, ColumnKind.SITE)
            for c in self._columns.having[Role.ELSEWHERE]
        )
        rival = next((each for each in others if normalize(each) not in ("", normalize(site))), "")
        doubt = f"is for {site} in one place and for {rival} in another"
        return site, build, doubt if site and rival else None

    def _value(self, cells: list[str], number: int | None, kind: str) -> str:
        """The name that a cell means: the whole one of an end, the only one in it, or its text."""
        text = cleaned(cell_at(cells, number))[:LONGEST_NAME]
        if is_blank(text):
            return ""
        complete = self._names.as_site if kind == ColumnKind.SITE else self._names.as_build
        is_one = self._names.is_site if kind == ColumnKind.SITE else self._names.is_build
        if is_one(text):
            return complete(text)
        if self._names.is_known(text) and self._are_shared:
            return ""
        named = self._names.only_named_in(text)
        found = (named.sites if kind == ColumnKind.SITE else named.builds) if named else ()
        if not found and kind == ColumnKind.SITE:
            found = self._in_path(text)
        return found[0] if len(found) == 1 else complete(text)

    def _in_path(self, text: str) -> tuple[str, ...]:
        """The sites in a path of places, as GLPI has them, `France > Paris > Building B`.

        Or the one before its room: `Paris, 3rd floor`. None where one stands before a single name,
        which may be that of another site.
        """
        parts = [part.strip() for part in _PATH.split(text)]
        if len(parts) == 1:
            parts = [part.strip() for part in _ROOM.split(text, maxsplit=1)]
            if _ROOMS.isdisjoint(re.findall(r"\w+", parts[-1].casefold())):
                return ()
        at = [number for number, part in enumerate(parts) if self._names.is_site(part)]
        behind = parts[at[0] + 1 :] if at else []
        may_leave = len(parts) == PAIR and any(map(strangers.is_name, behind))
        return () if may_leave else tuple(self._names.as_site(parts[number]) for number in at)
