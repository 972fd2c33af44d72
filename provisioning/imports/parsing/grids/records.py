"""Macs of which each is described by lines with a heading and a value."""

import re
from collections import Counter
from collections.abc import Sequence

from provisioning.imports.parsing.grids.blocks import (
    LONGEST_LINE,
    RULE,
    Lines,
    Placed,
    Table,
    following,
)
from provisioning.imports.parsing.vocabulary.headings import Kind, meaning

_FIELD = re.compile(r"\s*(?:[-*•]\s+)?([^:=\t]{1,40}?)\s*(?::|\t|=|\.{3,}:?)\s*(\S.*?)\s*")
_BULLET = re.compile(r"\s*[-*•]\s")
_HELD = frozenset({Kind.SITE, Kind.BUILD, Kind.NAME})


def records_at(lines: Lines, at: int) -> Table | None:
    """Return the table of Macs of which each is described by lines with a heading and a value."""
    if at and _FIELD.fullmatch(lines[at - 1][1][:LONGEST_LINE]):
        return None  # the middle of a block, which was no table from its beginning
    fields: list[tuple[str, str, str]] = []
    bullets: list[bool] = []
    end = at
    for where, line in following(lines, at):
        match = _FIELD.fullmatch(line[:LONGEST_LINE])
        if not match and line.strip() and not RULE.fullmatch(line):
            break
        if match:
            fields.append((where, match[1], match[2]))
            bullets.append(_BULLET.match(line) is not None)
        end += 1
    kinds = [meaning(name) for _, name, _ in fields]
    counts = Counter(kinds)
    if not counts.get(Kind.SERIAL) or {*kinds} <= {None, Kind.SERIAL}:
        return None
    held = [counts[kind] for kind in _HELD if kind in counts]
    are_items = bullets == [kind == Kind.SERIAL for kind in kinds]  # one bullet for each Mac
    if held and max(held) < counts[Kind.SERIAL] and not are_items:
        return None  # said once for all of them, as in a list with a heading
    if not {Kind.SITE, Kind.BUILD, Kind.NAME, Kind.NOTE, Kind.DEVICE, Kind.OTHER} & {*kinds}:
        return None
    return Table(at, end, _as_rows(fields))


def _as_rows(fields: Sequence[tuple[str, str, str]]) -> list[Placed]:
    headings = [*dict.fromkeys(name for _, name, _ in fields)]
    rows: list[Placed] = [(fields[0][0], headings)]
    record: dict[str, str] = {}
    carried: dict[str, str] = {}  # the item of a slip, whose serials stand one below the other
    place = ""

    def end() -> None:
        whole = carried | record
        rows.append((place, [whole.get(heading, "") for heading in headings]))

    for where, name, value in fields:
        if name in record:
            end()
            carried = {key: text for key, text in record.items() if meaning(key) == Kind.DEVICE}
            if meaning(name) != Kind.SERIAL:
                carried = {}
            record = {}
        record[name] = value
        place = where if meaning(name) == Kind.SERIAL or len(record) == 1 else place
    end()
    return rows
