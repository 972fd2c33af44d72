"""The columns of a table and their meanings, found by the headings or by the cells."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.serial_shapes import is_apple, is_mixed
from provisioning.values.kinds import BUILD, SITE

SERIAL, NOTE, NAME = "serial", "note", "name"
HEADINGS_WITHIN = 30  # rows: titles, addresses and logos stand above the headings
LONGEST_HEADING = 60  # characters
COMMENT = "# "  # begins a row that is not read, as in the template
_SAMPLE = 200  # rows that are looked at where there are no headings

_SPELLINGS = {
    SERIAL: (
        "serial serials serialnumber serialnumbers serialno serialnos serialnr serialnum sn "
        "seriennummer seriennummern seriennr serienr numerodeserie nodeserie ndeserie "
        "numerodiserie serienummer hardwareserial hardwareserialnumber deviceserial "
        "deviceserialnumber machineserialnumber macserialnumber computerserialnumber"
    ),
    SITE: "site sites location office standort campus branch niederlassung sitename sede lieu",
    BUILD: "build builds role type profile image rolle profil buildname configuration config",
    NOTE: (
        "note notes comment comments remark remarks user username assignedto assettag "
        "asset assetnumber inventory bemerkung kommentar notiz benutzer owner"
    ),
    NAME: (
        "computername computernames hostname devicename machinename macname rechnername "
        "geratename nomdelordinateur nombredelequipo name"
    ),
}
_MEANINGS = {word: kind for kind, words in _SPELLINGS.items() for word in words.split()}
_RANKS = {word: rank for rank, word in enumerate(_MEANINGS)}  # the plainest word of each first
_MOST_WORDS = 3  # of a heading with "serial" in it that is not among the above

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers of the columns, from 0; `headings` is the number of their row, or None."""

    serials: tuple[int, ...]
    site: int | None = None
    build: int | None = None
    note: int | None = None
    name: int | None = None
    headings: int | None = None

    @property
    def are_sure(self) -> bool:
        """True if exactly one column holds the serials."""
        return len(self.serials) == 1


def meaning(heading: str) -> str | None:
    """Return the meaning of a heading, such as SERIAL, or None.

    Case, accents and punctuation make no difference.
    """
    return _MEANINGS.get(_plain(heading))


def find_columns(rows: Sequence[Row], names: Names) -> Columns:
    """Return the columns of a table; `serials` is empty where no cell looks like a serial.

    A column of sites, or of builds, is one only where the repo has that kind.
    """
    for has_headings in (_has_serial_heading, _has_headings, _mentions_serials):
        for at, row in enumerate(rows[:HEADINGS_WITHIN]):
            if has_headings(row):
                return _by_headings(rows, at, names)
    return _by_content(rows, names)


def looks_serial(cell: str) -> bool:
    """Tell if a cell looks like a serial of Apple's, in any column."""
    return is_apple(cell) and is_mixed(cell)


def count_serials(cells: Row) -> int:
    """Return the number of cells that look like a serial."""
    return sum(looks_serial(cell) for cell in cells)


def _has_serial_heading(row: Row) -> bool:
    return any(meaning(cell) == SERIAL for cell in row)


def _has_headings(row: Row) -> bool:
    return len({kind for cell in row if (kind := meaning(cell))}) > 1


def _mentions_serials(row: Row) -> bool:
    return any(_mentions_serial(cell) for cell in row)


def _mentions_serial(cell: str) -> bool:
    words = cell.casefold().split()
    is_short = 1 < len(words) <= _MOST_WORDS and not re.search(r"\d", cell)
    return is_short and "serial" in words and not cell.startswith(COMMENT)


def _by_headings(rows: Sequence[Row], at: int, names: Names) -> Columns:
    headings = rows[at]
    guessed = _by_content(rows[at + 1 :], names)
    serial = _plainest(headings, SERIAL)
    if serial is None:
        serial = next((n for n, cell in enumerate(headings) if _mentions_serial(cell)), None)
    serials = guessed.serials if serial is None else (serial,)
    site, build = (
        _plainest(headings, kind) if kind in names.kinds.names else None for kind in (SITE, BUILD)
    )
    note, name = _plainest(headings, NOTE), _plainest(headings, NAME)
    if name is not None and _plain(headings[name]) == NAME and _repeats(rows[at + 1 :], name):
        note, name = name if note is None else note, None  # the name of a model, or of a person
    used = {*serials, site, build, note, name}
    return Columns(
        serials,
        guessed.site if site is None and guessed.site not in used else site,
        guessed.build if build is None and guessed.build not in used else build,
        note,
        name,
        at,
    )


def _plainest(headings: Row, kind: str) -> int | None:
    """The number of the column with the plainest heading of a kind: Build rather than Type."""
    numbers = [number for number, cell in enumerate(headings) if meaning(cell) == kind]
    return min(numbers, key=lambda number: _RANKS[_plain(headings[number])], default=None)


def _repeats(rows: Sequence[Row], number: int) -> bool:
    cells = [row[number] for row in rows if len(row) > number and row[number]]
    return len({*cells}) < len(cells)


def _plain(heading: str) -> str:
    """The letters of a heading, or nothing where digits make a value of it."""
    text = re.sub(r"\([^()]*\)", "", heading[:LONGEST_HEADING])
    if re.search(r"\d", text):
        return ""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text).casefold())


def _by_content(rows: Sequence[Row], names: Names) -> Columns:
    sample = [row for row in rows if any(row)][:_SAMPLE]
    columns = [[cell for cell in column if cell] for column in zip(*_squared(sample), strict=True)]
    serials, site, build = [], None, None
    for number, cells in enumerate(columns):
        if site is None and _most(names.is_site(cell) for cell in cells):
            site = number
        elif build is None and _most(names.is_build(cell) for cell in cells):
            build = number
        elif _most(looks_serial(cell) for cell in cells):
            serials.append(number)
    return Columns(tuple(serials), site, build)


def _most(results: Iterable[bool]) -> bool:
    values = list(results)
    return bool(values) and 2 * sum(values) >= len(values)


def _squared(rows: Sequence[Row]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]
