"""Macs of which each is described by several lines: headings and values, or cells alone."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from provisioning.imports.parsing.grids.blocks import (
    LONGEST_LINE,
    RULE,
    Lines,
    Placed,
    Table,
    following,
)
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import sections
from provisioning.imports.parsing.tokens.cells import cleaned
from provisioning.imports.parsing.tokens.labels import SERIAL_LABEL
from provisioning.imports.parsing.tokens.machines import machines_in
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial, serials_in
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning, meanings

_FIELD = re.compile(r"(?:[-*•]\s+)?([^\s:=][^:=\t]{0,39}?)\s*(?::|\t|=|\.{3,}:?)\s*(\S.*|)")
_ALONE = re.compile(r"\s*(?:(?:[-*•#]|\(?\d{1,3}[.):])\s+)?\[?([A-Za-z0-9]{10,12})\]?:?\s*")
_BULLET = re.compile(r"\s*[-*•]\s")
_WORD = re.compile(r"[A-Za-z0-9]+")
SERIAL = "Serial Number "  # the heading of one that stands alone in its line, which none has
PAIR = 2  # cells: a heading and a value
MAX_STACKED = 40  # lines above the second serial of a table with a cell in each
MAX_NEAR = 20  # lines beside a serial, or its heading, that are looked at
FEWEST_STACKED = 3  # lines of a Mac in one without headings
_HELD = frozenset({ColumnKind.SITE, ColumnKind.BUILD, ColumnKind.NAME})
_TELLING = _HELD | {ColumnKind.NOTE, ColumnKind.DEVICE, ColumnKind.OTHER}


def records_at(lines: Lines, at: int) -> Table | None:
    """Return the table of Macs of which each is described by lines with a heading and a value."""
    if _field_in(_above(lines, at)):
        return None  # the middle of a block, which was no table from its beginning
    fields: list[tuple[str, str, str]] = []
    bullets: list[bool] = []
    end = at
    for where, line in following(lines, at):
        field = _field_in(line[:LONGEST_LINE]) or _without_serial(lines, end)
        if not field and line.strip() and not RULE.fullmatch(line):
            break
        if field:
            fields.append((where, *field))
            bullets.append(_BULLET.match(line) is not None)
        end += 1
    return Table(at, end, _as_rows(fields)) if _are_records(fields, bullets) else None


def _are_records(fields: Sequence[tuple[str, str, str]], bullets: Sequence[bool]) -> bool:
    """Return True if lines with a heading and a value describe Macs, each one for itself."""
    kinds = [meaning(name) for _, name, _ in fields]
    counts = Counter(kinds)
    serials, most_held = counts[ColumnKind.SERIAL], max(counts[kind] for kind in _HELD)
    if not serials or _TELLING.isdisjoint(kinds):
        return False
    if any(name == SERIAL for _, name, _ in fields) and most_held < serials:
        return False  # alone in their lines, and not each with a place of its own
    are_items = bullets == [kind == ColumnKind.SERIAL for kind in kinds]  # one bullet for each Mac
    # What is held fewer times is said once for all of them, as in a list with a heading.
    return are_items or not 0 < most_held < serials


def _field_in(line: str) -> tuple[str, str] | None:
    """The heading and the value in a line, which may be blank; of a serial alone in it SERIAL."""
    alone = _ALONE.fullmatch(line)
    if alone and looks_serial(alone[1]):
        return SERIAL, alone[1]
    match = _FIELD.fullmatch(line.strip())
    if match is None:
        return None
    heading, value = match.groups()
    is_list = meaning(heading) in {None, ColumnKind.SERIAL} or sections.aside(heading)
    are_several = SERIAL_LABEL.search(value) and serials_in(value)  # `Name: Ann, Serial: C02…`
    return None if are_several or (is_list and not value) else (heading, value.strip("\"',"))


def _without_serial(lines: Lines, at: int) -> tuple[str, str] | None:
    """The field of a Mac whose serial is not said; None for a heading of serials below it."""
    match = _FIELD.fullmatch(lines[at][1][:LONGEST_LINE].strip())
    if not match or match[2] or meaning(match[1]) != ColumnKind.SERIAL:
        return None
    below = (_field_in(line[:LONGEST_LINE]) for _, line in lines[at + 1 : at + MAX_NEAR])
    return None if next(filter(None, below), (SERIAL,))[0] == SERIAL else (match[1], "")


def upright(rows: Sequence[Placed]) -> Sequence[Placed]:
    """Return the rows with their headings above them, however a table is turned or in parts."""
    return turned(rows) or _cards(rows) or rows


def turned(rows: Sequence[Placed]) -> list[Placed] | None:
    """Return the rows of a table whose headings stand in its first column; None for others."""
    used = [(where, cells) for where, cells in rows if any(cells)]
    first = [cells[0] if cells else "" for _, cells in used[:50]]
    kinds = meanings(first)
    if ColumnKind.SERIAL not in kinds or kinds == {ColumnKind.SERIAL} or len(used) > len(first):
        return None
    if ColumnKind.SERIAL in meanings(used[0][1][1:]):
        return None  # which has its headings above it, and a state such as `new`
    where, serials = next(row for row in used if meaning(row[1][0]) == ColumnKind.SERIAL)
    if not any(looks_serial(cleaned(cell)) for cell in serials):
        return None
    if any(
        looks_serial(cleaned(cell)) for _, cells in used for cell in cells if cells is not serials
    ):
        return None
    width = max(len(cells) for _, cells in used)
    padded = [[*cells, *[""] * (width - len(cells))] for _, cells in used]
    return [(where, [*column]) for column in zip(*padded, strict=True)]


def _cards(rows: Sequence[Placed]) -> list[Placed] | None:
    """The rows of Macs of which each is described by rows with a heading and a value.

    None for rows of another kind; a row with one cell may be the title of such a card.
    """
    if any(sum(map(bool, cells)) > PAIR for _, cells in rows):
        return None
    filled = [(where, [*filter(None, cells)]) for where, cells in rows]
    pairs = [(where, cells) for where, cells in filled if len(cells) == PAIR]
    fields = [(where, cells[0], cells[1]) for where, cells in pairs if meaning(cells[0])]
    kinds = Counter(meaning(name) for _, name, _ in fields)
    serials = sum(looks_serial(cell) for _, cells in filled for cell in cells)
    are_cards = kinds[ColumnKind.SERIAL] == serials > 1 and len(kinds) > 1
    return _as_rows(fields) if are_cards else None


def stacked_at(lines: Lines, at: int, names: Names) -> Table | None:
    """Return the table of which each cell stands in a line of its own, as pages are copied.

    The headings come first, then as many lines for each Mac; or each heading stands above its
    value; or there are none, and each serial stands above as many lines. Blank lines mean nothing.
    """
    texts = [text for _, _, text in islice(_filled(lines, at), MAX_STACKED)]
    serials = [number for number, text in enumerate(texts) if looks_serial(text)]
    if not serials:
        return None
    if serials[0] == 0:
        return _below_serials(lines, at, serials[1], names) if serials[1:] else None
    return _below_headings(lines, at, texts[: serials[0]]) or _in_pairs(lines, at)


def _below_headings(lines: Lines, at: int, above: Sequence[str]) -> Table | None:
    """The table whose headings are the first of the lines `above` its first serial."""
    kinds = [*map(meaning, above)]
    place = kinds.index(ColumnKind.SERIAL) if ColumnKind.SERIAL in kinds else len(kinds)
    width = len(kinds) - place
    if width <= 1 or not kinds[0] or 2 * sum(map(bool, kinds[:width])) <= width:
        return None
    if any(map(sections.aside, above[:width])):
        return None  # the heading of a section, such as `Broken:`
    cells = _filled(lines, at)
    head = [*islice(cells, width)]
    rows, end = _rows(cells, width, place)
    return Table(at, end, [(head[0][1], [*above[:width]]), *rows]) if rows else None


def _in_pairs(lines: Lines, at: int) -> Table | None:
    """The table of Macs of which each heading stands above its value, as where pages show one."""
    cells = _filled(lines, at)
    fields: list[tuple[str, str, str]] = []
    end = at
    for (_, where, name), (number, _, value) in zip_longest(cells, cells, fillvalue=(0, "", "")):
        if looks_serial(name) or sections.aside(name):
            return None  # a list: of several serials, or with the heading of a section
        if not value or not meaning(name) or meaning(value):
            break
        if meaning(name) != ColumnKind.SERIAL and looks_serial(value):
            return None  # which would be lost
        fields.append((where, name, value))
        end = number + 1
    serials = [value for _, name, value in fields if meaning(name) == ColumnKind.SERIAL]
    is_whole = len(fields) > len(serials) > 0 and all(map(looks_serial, serials))
    return Table(at, end, _as_rows(fields)) if is_whole else None


def _below_serials(lines: Lines, at: int, width: int, names: Names) -> Table | None:
    """The table of serials, each above as many lines: a name alone and more, or its machine.

    None where they stand below another serial, or below headings with one for each serial.
    """
    filled = (line for _, line in lines[max(0, at - MAX_NEAR) : at] if line.strip())
    above = [line[:LONGEST_LINE] for line in filled][-width:]
    if any(map(serials_in, above)):
        return None
    rows, end = _rows(_filled(lines, at), width, 0)
    behind = next((text for _, _, text in _filled(lines, end)), "")
    are_below = any(machines_in(line) or names.places_in(line) for line in above)
    if are_below and looks_serial(behind):
        return None
    are_stacked = width > 1 and all(
        machines_in(cells[1]) or (names.is_known(cells[1]) and width >= FEWEST_STACKED)
        for _, cells in rows
    )
    return Table(at, end, rows) if len(rows) > 1 and are_stacked else None


def _rows(
    cells: Iterator[tuple[int, str, str]], width: int, place: int
) -> tuple[list[Placed], int]:
    """The rows that stand as so many lines each, with a serial in one `place`; and their end."""
    rows: list[Placed] = []
    end = 0
    while len(row := [*islice(cells, width)]) == width:
        texts = [text for _, _, text in row]
        held = [looks_serial(word) for text in texts for word in _WORD.findall(text)]
        if not looks_serial(texts[place]) or sum(held) > 1:
            break  # a line with a serial in it begins no cell of another Mac
        rows.append((row[place][1], texts))
        end = row[-1][0] + 1
    return rows, end


def _above(lines: Lines, at: int) -> str:
    """The beginning of the line above one that is not blank; none is looked at farther away."""
    above = (line for _, line in reversed(lines[max(0, at - 3) : at]) if line.strip())
    return next(above, "")[:LONGEST_LINE]


def _filled(lines: Lines, at: int) -> Iterator[tuple[int, str, str]]:
    """The lines from one on that are not blank: their numbers, places and texts."""
    for number, (where, line) in enumerate(following(lines, at), start=at):
        if text := line.strip():
            yield number, where, text


def is_above_name(lines: Lines, at: int, names: Names) -> bool:
    """Return True if a serial alone in its line stands above a name, a machine or a field."""
    alone = _ALONE.fullmatch(lines[at][1][:LONGEST_LINE])
    if not (alone and looks_serial(alone[1])):
        return False
    below = next((line.strip() for _, line in lines[at + 1 : at + 4] if line.strip()), "")
    field = _FIELD.fullmatch(below[:LONGEST_LINE])
    is_said = names.is_known(below) or machines_in(below)
    return bool(is_said or (field and meaning(field[1]) in _HELD))


def _each(record: dict[str, str]) -> list[dict[str, str]]:
    """The record of each Mac in one of several, whose values are lists of as many items.

    A value that is none holds for all of them.
    """
    items = {name: [*map(str.strip, value.split(","))] for name, value in record.items()}
    serials = next((items[name] for name in record if meaning(name) == ColumnKind.SERIAL), [])
    count = len(serials)
    are_lists = sum(len(each) == count for each in items.values()) > 1
    if count <= 1 or not (are_lists and all(map(looks_serial, serials))):
        return [record]
    return [
        {name: each[at] if len(each) == count else record[name] for name, each in items.items()}
        for at in range(count)
    ]


def _as_rows(fields: Sequence[tuple[str, str, str]]) -> list[Placed]:
    headings = [*dict.fromkeys(name for _, name, _ in fields)]
    rows: list[Placed] = [(fields[0][0], headings)]
    record: dict[str, str] = {}
    carried: dict[str, str] = {}  # the item of a slip, whose serials stand one below the other
    place = ""

    def end() -> None:
        rows.extend(
            (place, [whole.get(heading, "") for heading in headings])
            for whole in _each(carried | record)
        )

    for where, name, value in fields:
        if name in record:
            end()
            carried = {
                key: text for key, text in record.items() if meaning(key) == ColumnKind.DEVICE
            }
            if meaning(name) != ColumnKind.SERIAL:
                carried = {}
            record = {}
        record[name] = value
        place = where if meaning(name) == ColumnKind.SERIAL or len(record) == 1 else place
    end()
    return rows
