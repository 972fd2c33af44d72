"""Layouts of tables in lines of text: separated, Markdown's, of fixed width, turned, records."""

import csv
import io
import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from provisioning.imports.parsing.grids.blocks import (
    LONGEST_LINE,
    RULE,
    Lines,
    Placed,
    Table,
    following,
)
from provisioning.imports.parsing.grids.columns import find_columns
from provisioning.imports.parsing.grids.heads import find_headings, names_above
from provisioning.imports.parsing.grids.records import (
    is_above_name,
    records_at,
    stacked_at,
    turned,
)
from provisioning.imports.parsing.grids.roles import Role
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.tokens.cells import cleaned
from provisioning.imports.parsing.tokens.labels import SERIAL_LABEL
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning, meanings

SEPARATORS = ("\t", "|", ";", ",")
MAX_TABLES = 1_000  # lines that may be headings, in one text
NARROWEST = 3  # columns of a table without headings
MAX_WITHOUT = 200  # lines below headings in which the first serial has to stand
MAX_IN_CELL = 20  # lines in one cell
_GAP = re.compile(r" {2,}|\t+")
_DASHES = re.compile(r"-{2,}")
_RULED = re.compile(r"\s*-{2,}(?: +-{2,})+\s*")  # a rule that shows where each column begins


def tables_in(lines: Lines, names: Names) -> Iterator[Table]:
    """Yield the tables in a text, from the first to the last."""
    at, tried = 0, 0
    serials = [n for n, (_, line) in enumerate(lines) if any(map(looks_serial, _words(line)))]
    while at < len(lines):
        table = None
        following = bisect_left(serials, at)
        is_near = following < len(serials) and serials[following] <= at + MAX_WITHOUT
        if (
            is_near
            and tried < MAX_TABLES
            and (_may_head(lines, at) or is_above_name(lines, at, names))
        ):
            tried += 1
            table = (
                _separated(lines, at)
                or _below_names(lines, at, names)
                or _sideways(lines, at)
                or records_at(lines, at)
                or _unheaded(lines, at, names)
                or stacked_at(lines, at, names)
            )
        if table is None:
            at += 1
            continue
        yield table
        at = table.end


def _may_head(lines: Lines, at: int) -> bool:
    line = lines[at][1]
    if len(line) > LONGEST_LINE:
        return False
    signs = (*SEPARATORS, ":", "=")
    is_divided = _GAP.search(line) or any(sign in line for sign in signs)
    return bool(is_divided or meaning(line.strip()) or _ruled(lines, at))


def _ruled(lines: Lines, at: int) -> list[int]:
    """Where the columns below a line begin, by the dashes of a rule right below it."""
    rule = lines[at + 1][1] if at + 1 < len(lines) else ""
    return [match.start() for match in _DASHES.finditer(rule)] if _RULED.fullmatch(rule) else []


def _head_cells(lines: Lines, at: int, sign: str) -> list[str]:
    """The cells of a line that may be the head of a table."""
    line = lines[at][1]
    starts = [] if sign else _ruled(lines, at)
    if not starts:
        return _cells(line, sign)
    return [line[low:high].strip() for low, high in pairwise([*starts, len(line)])]


def _separated(lines: Lines, at: int) -> Table | None:
    """The table whose headings stand in this line, by the separator that shows most of them."""
    best: tuple[int, str] | None = None
    for sign in (*SEPARATORS, ""):
        cells = _head_cells(lines, at, sign)
        kinds = meanings(cells)
        known = sum(1 for cell in cells if meaning(cell))
        is_head = len(cells) > 1 and find_headings([cells]) is not None
        if (
            is_head
            and (ColumnKind.SERIAL in kinds or 2 * known > len(cells))
            and (best is None or known > best[0])
        ):
            best = known, sign
    return _rows_below(lines, at, best[1]) if best else None


def _below_names(lines: Lines, at: int, names: Names) -> Table | None:
    """The table whose columns of serials stand below the names of their sites, or builds.

    Lines of one cell each are no columns below `London, Paris`.
    """
    near = [line for _, line in lines[at : at + 3] if not RULE.fullmatch(line)]
    for sign in (*SEPARATORS, ""):
        pair = [_cells(line, sign) for line in near[:2]]
        if names_above(pair, names) == 0:
            table = _rows_below(lines, at, sign)
            has_columns = table and any(len(cells) > 1 for _, cells in table.rows[1:])
            return table if has_columns else None
    return None


def _sideways(lines: Lines, at: int) -> Table | None:
    """The table that begins in this line and has its headings in its first column."""
    sign = next((sign for sign in SEPARATORS if sign in lines[at][1]), "")
    width = len(_cells(lines[at][1], sign))
    rows: list[Placed] = []
    for where, line in following(lines, at):
        cells = _cells(line, sign) if len(line) <= LONGEST_LINE else []
        if len(cells) != width or width < NARROWEST or not meaning(cells[0]):
            break
        rows.append((where, cells))
    return Table(at, at + len(rows), rows) if rows and turned(rows) else None


def _rows_below(lines: Lines, at: int, sign: str) -> Table | None:
    headings = _head_cells(lines, at, sign)
    is_padded = not sign
    begins = [start for start, _ in _pieces(lines[at][1])]
    starts = (_ruled(lines, at) or begins) if is_padded else []
    rows: list[Placed] = [(lines[at][0], headings)]
    end = at + 1
    skipped = 0
    for number in range(at + 1, len(lines)):
        where, line = lines[number]
        if number < skipped:
            end += 1
            continue
        if sign and line.count('"') % 2 and (quoted := _over_lines(lines, number, sign)):
            cells, skipped = quoted
            rows.append((where, cells))
            end += 1
            continue
        if not line.strip() or RULE.fullmatch(line):
            end += 1
            continue
        cells = _aligned(line, starts) if is_padded else _cells(line, sign)
        if len(line) > LONGEST_LINE or not _fits(cells, headings):
            break
        rows.append((where, cells))
        end += 1
    words = (word for _, row in rows for cell in row for word in _words(cell))
    return Table(at, end, rows) if any(map(looks_serial, words)) else None


def _over_lines(lines: Lines, at: int, sign: str) -> tuple[list[str], int] | None:
    """The cells of a row with a quoted one over several lines, and the line behind the row."""
    for end in range(at + 2, min(at + MAX_IN_CELL, len(lines)) + 1):
        text = "\n".join(line for _, line in lines[at:end])
        if text.count('"') % 2 == 0:
            rows = list(csv.reader(io.StringIO(text), delimiter=sign))
            return ([cell.strip() for cell in rows[0]], end) if len(rows) == 1 else None
    return None


def _words(cell: str) -> list[str]:
    return [cleaned(cell), *re.findall(r"[A-Za-z0-9]+", cell)]


def _fits(cells: list[str], headings: list[str]) -> bool:
    if len(cells) > len(headings) + 1:
        return False
    filled = sum(map(bool, cells))
    return filled > 1 or (filled == 1 and any(looks_serial(cleaned(cell)) for cell in cells))


def _cells(line: str, sign: str) -> list[str]:
    """The cells of a line; without a sign, they are separated by two spaces or more."""
    if not sign:
        return [cell.strip() for cell in _GAP.split(line.strip())]
    if sign == "|":
        line = line.replace("||", "|") if line.lstrip().startswith("||") else line
        line = re.sub(r"^\s*\|(?=.*\|)|\|\s*$", "", line)
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=sign))]
        except (csv.Error, StopIteration):
            pass
    return [cell.strip() for cell in line.split(sign)]


def _pieces(line: str) -> list[tuple[int, str]]:
    """The texts in a line with two blanks or more between them, and where they begin."""
    return [(match.start(), match[0]) for match in re.finditer(r"\S+(?: \S+)*", line.expandtabs())]


def _aligned(line: str, starts: list[int]) -> list[str]:
    """The cells of a line under headings that begin at these places."""
    line, pieces = line.expandtabs(), _pieces(line)
    if len(pieces) == len(starts):
        return [text for _, text in pieces]
    # A cell as wide as its column stands one space before the next; a place is never off by more.
    begins = {place + off for place in starts for off in (-1, 0, 1)}
    gaps = [match.start() for match in re.finditer(r"(?<=\S )\S", line) if match.start() in begins]
    edges = sorted({*(start for start, _ in pieces), *gaps, len(line)})
    cells = [""] * len(starts)
    for start, text in ((low, line[low:high].strip()) for low, high in pairwise(edges)):
        column = max((n for n, place in enumerate(starts) if place <= start + 1), default=0)
        cells[column] = f"{cells[column]} {text}".strip()
    return cells


def _unheaded(lines: Lines, at: int, names: Names) -> Table | None:
    """The table of lines of one form, without headings, of which one column holds the serials."""
    sign = next((sign for sign in SEPARATORS if sign in lines[at][1]), "")
    width = len(_cells(lines[at][1], sign))
    if at and len(_cells(lines[at - 1][1][:LONGEST_LINE], sign)) == width:
        return None  # the middle of a block, which was no table from its beginning
    rows: list[Placed] = []
    end = at
    for where, line in following(lines, at):
        cells = _cells(line, sign) if len(line) <= LONGEST_LINE else []
        if RULE.fullmatch(line) and rows:
            end += 1
            continue
        if len(cells) != width or SERIAL_LABEL.search(line):
            break
        rows.append((where, cells))
        end += 1
    if len(rows) == 1:
        return None
    columns = find_columns([cells for _, cells in rows], names)
    numbers = columns.of(Role.SERIAL)
    pasted = NARROWEST - 1 if sign == "\t" else 0  # cells beside one another, out of a spreadsheet
    if not 0 < len(numbers) < max(width - 1, pasted):
        return None
    are_whole = all(
        sum(looks_serial(cells[n]) for n in numbers) == sum(map(looks_serial, cells))
        for _, cells in rows
    )
    return Table(at, end, rows) if are_whole else None
