"""A parser of a table's rows into entries."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioning.imports.parsing.entries import (
    Entry,
    Item,
    ParseResult,
    Rejected,
    gather,
    with_doubt,
    without_doubts,
)
from provisioning.imports.parsing.grids import outlines, remarks
from provisioning.imports.parsing.grids.blocks import Placed, cell_at
from provisioning.imports.parsing.grids.column import SAMPLE, is_blank
from provisioning.imports.parsing.grids.columns import Columns, Group, find_columns
from provisioning.imports.parsing.grids.destinations import Destinations
from provisioning.imports.parsing.grids.heads import are_headings
from provisioning.imports.parsing.grids.records import upright
from provisioning.imports.parsing.grids.roles import Role
from provisioning.imports.parsing.grids.sections import Section, SectionPlace, footed, only_cell
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose.reader import Reader
from provisioning.imports.parsing.tokens import computer_names, machines, signs
from provisioning.imports.parsing.tokens import words as tokens
from provisioning.imports.parsing.tokens.cells import (
    FEWEST,
    cleaned,
    is_broken,
    read_serial,
    short_doubted,
)
from provisioning.imports.parsing.tokens.labels import REPLACED, SERIAL_LABEL
from provisioning.imports.parsing.tokens.serial_shapes import (
    NO_DIGIT,
    is_code,
    looks_serial,
    reject,
    serials_in,
)
from provisioning.imports.parsing.vocabulary.headings import COMMENT, ColumnKind, meaning, meanings
from provisioning.imports.parsing.vocabulary.words import known

LONGEST_NOTE, LONGEST_NAME, LONGEST_CELL = 200, 80, 500  # characters
MAX_TABLES = 50  # one below the other
ONE_OF_TWO = "is one of two serials in its row, under different headings"
NOT_IN_COLUMN = "is not in the column of the serials"
ABOVE_HEAD = "stands above the headings of its table"
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)  # to a Mac's page in an inventory
_STRUCK = re.compile(r"</?(?:s|del|strike)>", re.IGNORECASE)
_NO_NAMES = known("group", "machine")  # of computers, such as “Spare”
_MARKS = (ColumnKind.STATUS, ColumnKind.WANTED, ColumnKind.READY, ColumnKind.DONE)


def read_rows(
    rows: Sequence[Placed], names: Names, place: SectionPlace | None = None
) -> ParseResult | None:
    """Return the Macs in the rows, or None where no column looks like one of serials.

    `place` holds for the Macs that name none, until a row does that holds nothing else; such a
    row below all holds for them, if no Mac has a place of its kind.
    """
    rows = upright(rows)
    items: list[Item] = []
    left, tries, section = rows, MAX_TABLES, Section(names, place or SectionPlace())
    while left:
        columns = find_columns([cells for _, cells in left], names)
        if not (items or columns.groups or columns.headed[ColumnKind.FOREIGN]):
            return None
        reading = _Reading(columns, names, section.place, tries)
        items += reading.read(left)
        left, section, tries = left[reading.end :], reading.section, reading.tries
    result = footed(gather(short_doubted(items)), section)
    read = {entry.serial.key for entry in result.entries}
    kept = (r for r in result.rejected if r.reason != remarks.IN_NOTE or r.text not in read)
    return replace(result, rejected=tuple(kept))


_Text = tuple[Group, str]


class _Reading:
    """A reading of the rows of one table, from the first to the last."""

    def __init__(self, columns: Columns, names: Names, place: SectionPlace, tries: int) -> None:
        self._columns, self._names = columns, names
        self.section = Section(names, place)  # that the reading is in
        self.tries = tries  # rows that may still be taken for headings of another table
        self.end = 0  # the number of the row behind the table
        self._destinations = Destinations(columns, names)
        self._reader = Reader(names)  # of the cells that say more than their serial
        self._own: set[int] = set()  # columns whose cells are of their row, and head no section
        self._above: str | None = None  # the machine of the last row

    def read(self, rows: Sequence[Placed]) -> Iterator[Item]:
        """Yield what is in the rows, down to those of another table."""
        first = self._columns.head.first
        self.end = len(rows)
        below = [*outlines.filled(rows[first:], self._columns)]
        self._own = self._own_in([cells for _, cells, _ in below])
        for where, cells in rows[: max(0, first - 1)]:
            self.section.take(cells)
            yield from self._above_head(where, cells)
        first_cells = [next(filter(None, cells), "") for _, cells, _ in below]
        aside = remarks.commented_serials(first_cells, [*range(len(below))])
        for at, (where, cells, above) in enumerate(below, start=first):
            is_comment = bool(cells) and cells[0].startswith(COMMENT)
            if not any(cells) or (is_comment and not looks_serial(cells[0][1:].strip())):
                continue
            if first and self._is_other_table(cells, rows, at):
                self.end = at
                return
            if are_headings(cells):
                continue
            comment = remarks.COMMENTED if at - first in aside else None
            yield from self._read_row(where, cells, (above, comment))

    def _above_head(self, where: str, cells: list[str]) -> Iterator[Item]:
        """The Macs in a row above the headings: of a sentence, or of a list above the table."""
        for word in tokens.words(" ".join(cells)):
            item = tokens.judge(word, where, alone=False, beside=True)
            if isinstance(item, Entry):
                yield with_doubt(self._placed_by(item, cells), ABOVE_HEAD)
            elif item and looks_serial(item.text):
                yield item

    def _placed_by(self, entry: Entry, cells: Sequence[str]) -> Entry:
        """An entry outside of the columns, for the one place that its row names, or the section's.

        Where the row names several, for none.
        """
        named = self._names.named_in(" , ".join(cells))
        if max(len(named.sites), len(named.builds)) > 1:
            return entry
        place = self.section.place
        return replace(entry, site=named.site or place.site, build=named.build or place.build)

    def _own_in(self, rows: Sequence[list[str]]) -> set[int]:
        """The columns of marks, and those of places that stand in some row with a serial."""
        serials = self._columns.of(Role.SERIAL)
        places = self._columns.of(Role.SITE, Role.BUILD)
        held = [cells for cells in rows if any(cell_at(cells, number) for number in serials)]
        beside = {number for number in places if any(cell_at(cells, number) for cells in held)}
        marks = (column for kind in _MARKS for column in self._columns.headed[kind])
        return beside | {column.number for column in marks}

    def _is_other_table(self, cells: list[str], rows: Sequence[Placed], at: int) -> bool:
        """Return True if a row holds the headings of another table, with other columns."""
        numbers = [group.serial for group in self._columns.groups]
        if (
            not self.tries
            or any(map(looks_serial, cells))
            or ColumnKind.SERIAL not in meanings(cells)
        ):
            return False
        in_column = [cell_at(cells, number) for number in numbers]
        is_row = any(is_code(cell) or meaning(cell) == ColumnKind.SERIAL for cell in in_column)
        if is_row or sum(map(bool, cells)) <= 1:
            return False
        self.tries -= 1
        columns = find_columns([below for _, below in rows[at : at + SAMPLE]], self._names)
        return bool(columns.groups or columns.headed[ColumnKind.FOREIGN])

    def _read_row(
        self, where: str, cells: list[str], doubts: tuple[str | None, ...]
    ) -> Iterator[Item]:
        yield from remarks.of_others(self._columns, where, cells)
        only = only_cell(cells)
        if only is not None and only not in self._own:
            is_gone = self.section.hear(cells)
            if self.section.take(cells) or is_gone or self.section.take_stranger(cells):
                return
        texts, spare = self._texts(cells)
        if not texts:
            yield from self._without_serial(where, cells)
            return
        self.section.go_on(has_mac=any(is_code(text) for _, text in texts))
        rival = self._rival(cells, texts, spare)
        if rival == ONE_OF_TWO:
            texts += spare
        else:
            reason = REPLACED if self._columns.are_successors else f"it {NOT_IN_COLUMN}"
            yield from (reject(text, where, reason) for _, text in spare)
        yield from remarks.in_notes(self._columns, where, cells)
        said = (rival, *doubts, self.section.doubt, *remarks.decided(self._columns, cells))
        doubt = "; ".join(filter(None, said)) or None
        machine = self._machine_of(cells, len(texts))
        for group, text in texts:
            # Not the headings again, as on every printed page.
            if looks_serial(text) or meaning(text) != ColumnKind.SERIAL:
                for item in self._in_cell(text, where):
                    if isinstance(item, Rejected):
                        yield item
                    elif machine:
                        yield reject(item.serial.text, where, machines.reason_for(machine))
                    else:
                        yield with_doubt(self._completed(item, group, cells), doubt)

    def _rival(self, cells: list[str], texts: list[_Text], spare: list[_Text]) -> str | None:
        """The doubt about the serials of a row beside others, or in the place of others."""
        if self._columns.are_successors:
            is_in_column = any(cell_at(cells, group.serial) == text for group, text in texts)
            return None if is_in_column else NOT_IN_COLUMN
        if self._columns.are_rivals and spare:
            return ONE_OF_TWO
        return remarks.rivals(self._columns, len(texts), cells)

    def _texts(self, cells: list[str]) -> tuple[list[_Text], list[_Text]]:
        """The texts in the place of serials, and others that look like serials."""
        groups = self._columns.groups
        if self._columns.head.kind is None and all(map(looks_serial, filter(None, cells))):
            return [(Group(number), cell) for number, cell in enumerate(cells) if cell], []
        texts = [(group, cell_at(cells, group.serial)) for group in groups]
        texts = [(group, text) for group, text in texts if re.search(r"\w", text)]
        known = {text for _, text in texts}
        spare = [column.of(cells) for column in self._columns.having[Role.SPARE]]
        others = [(groups[0], text) for text in spare if text not in known and looks_serial(text)]
        if not texts and self._columns.are_rivals:
            return others[:1], others[1:]
        return texts, others

    def _machine_of(self, cells: list[str], count: int) -> str | None:
        """The machine that a row is about where that is no Mac, by its cells or those above it."""
        devices, names = self._columns.having[Role.DEVICE], self._columns.headed[ColumnKind.NAME]
        described = [column.of(cells) for column in devices]
        called = [column.of(cells) for column in names]
        machine = machines.other_machine(described) or next(
            filter(None, map(machines.named_other, called)), None
        )
        goes_on = self._columns.groups[0].serial > 0 and sum(map(bool, cells)) == count
        self._above = machine or (self._above if goes_on else None)
        is_mac = any(map(machines.names_mac, described))
        return self._above or (None if is_mac else self.section.machine)

    def _in_cell(self, text: str, where: str) -> Sequence[Item]:
        """The Macs in a cell; one that holds more than its serial is read as a line is."""
        cell = cleaned(_STRUCK.sub("~", text[:LONGEST_CELL]))
        whole = read_serial(cell, where)
        if cell.isalnum() or len(re.sub(r"\W", "", cell)) < FEWEST or is_broken(cell):
            return [whole]
        if _LINK.fullmatch(cell) and len(linked := serials_in(cell)) == 1:
            return [read_serial(linked[0], where)]
        line = signs.QUOTES.sub(" ", signs.bare(cell))
        items = self._reader.alone(where, line, sole=True).items
        # Where serials stand, one of letters alone is no word; and signs around one mean nothing.
        said = [without_doubts(item, NO_DIGIT) for item in items if item != whole]
        if said or isinstance(whole, Entry):
            return said or [whole]
        return [read_serial(serial, where) for serial in serials_in(cell)] or [whole]

    def _completed(self, entry: Entry, group: Group, cells: list[str]) -> Entry:
        site, build, doubt = self._destinations.of(group, cells, entry)
        whole = Entry(
            entry.serial,
            site or entry.site or self.section.place.site,
            build or entry.build or self.section.place.build,
            cell_at(cells, group.note)[:LONGEST_NOTE],
            entry.where,
            entry.doubt,
            self._name(entry, cell_at(cells, group.name)),
        )
        return with_doubt(whole, doubt)

    def _name(self, entry: Entry, text: str) -> str | None:
        if not text or text.casefold() in _NO_NAMES:
            return None
        return computer_names.as_given(
            cleaned(text)[:LONGEST_NAME],
            entry.serial.text,
            may_be_host=self._columns.are_hosts,
            are_counted=self._columns.are_counted,
        )

    def _without_serial(self, where: str, cells: list[str]) -> Iterator[Item]:
        """The rejections for a row without a serial in its column."""
        olds = {column.number for column in self._columns.headed[ColumnKind.OLD]}
        shown = (cell for number, cell in enumerate(cells) if number not in olds)
        strays = [token for cell in shown for token in serials_in(cell)]
        places = self._columns.of(Role.SITE, Role.BUILD)
        if not strays and not all(is_blank(cleaned(cell_at(cells, number))) for number in places):
            yield reject("", where, "there is no serial in this row")
        elif not strays:
            self.section.take(cells)
        is_alone = sum(map(bool, cells)) == 1 or SERIAL_LABEL.search(" ".join(cells))
        section = self.section
        for stray in strays:
            entry = read_serial(stray, where)
            if isinstance(entry, Rejected) or not is_alone:
                yield with_doubt(entry, NOT_IN_COLUMN)
            elif section.machine:
                yield reject(stray, where, machines.reason_for(section.machine))
            else:
                yield self._placed_by(entry, cells)
