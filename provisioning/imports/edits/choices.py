"""Choices of people about single rows of an import, applied to a parser's result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.imports.models import Import, ImportRow
from provisioning.imports.parsing.entries import (
    Entry,
    ParseResult,
    Rejected,
    with_doubt,
    without_doubts,
)
from provisioning.imports.parsing.tokens.serial_shapes import OTHER_FORM, doubt_of, lost_from
from provisioning.values.serials import Serial

OUT, TAKE = "out", "take"  # decisions: the row is left out, or taken in spite of its doubt
Read = Entry | Rejected


@dataclass(frozen=True, slots=True)
class RowChoice:
    """A choice about one row: texts that replace the ones that were read, and a decision.

    `accepted` is the doubt that a person saw when they took the row: people are asked about
    another doubt again.
    """

    serial: str | None = None
    site: str | None = None
    build: str | None = None
    decision: str | None = None
    accepted: str | None = None

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        """Return the choice that a row of the database holds."""
        return cls(row.serial, row.site, row.build, row.decision, row.accepted)

    def to_json(self) -> dict[str, Any]:
        """Return the choice as a JSON object: the arguments of the class."""
        return {
            "serial": self.serial,
            "site": self.site,
            "build": self.build,
            "decision": self.decision,
            "accepted": self.accepted,
        }


AS_READ = RowChoice()


@dataclass(frozen=True, slots=True)
class EditedReading:
    """A parse result with people's choices in it.

    `numbers` are the numbers of its entries, and then of its rejected texts, in the order of
    reading. `left_out` are the rows that are not in it, by number; `accepted` the doubts that
    people accepted, by the keys of the serials.
    """

    result: ParseResult
    numbers: tuple[int, ...]
    left_out: Mapping[int, Read]
    accepted: Mapping[str, str]


def stored(session: Session, imported: Import) -> dict[int, ImportRow]:
    """Return the rows of an import that people changed, by number."""
    rows = session.scalars(select(ImportRow).where(ImportRow.import_id == imported.id))
    return {row.number: row for row in rows}


def numbered(result: ParseResult) -> Sequence[Read]:
    """Return all rows of a parse result; the place of each is its number."""
    return (*result.entries, *result.rejected)


def apply(result: ParseResult, choices: Mapping[int, RowChoice]) -> EditedReading:
    """Return a parse result as people changed it."""
    entries: dict[int, Entry] = {}
    rejected: dict[int, Rejected] = {}
    left_out: dict[int, Read] = {}
    accepted: dict[str, str] = {}
    for number, read in enumerate(numbered(result)):
        choice = choices.get(number, AS_READ)
        if choice.decision == OUT:
            left_out[number] = read
        elif (entry := _chosen(read, choice)) is not None:
            entries[number] = entry
            if choice.accepted:
                accepted[entry.serial.key] = choice.accepted
        elif isinstance(read, Rejected):
            rejected[number] = read
    changed = replace(result, entries=tuple(entries.values()), rejected=tuple(rejected.values()))
    return EditedReading(changed, (*entries, *rejected), left_out, accepted)


def _chosen(read: Read, choice: RowChoice) -> Entry | None:
    """Return the entry of a row with a choice; None for a text that is still not a serial."""
    if isinstance(read, Entry) and choice == AS_READ:
        return read
    if isinstance(read, Entry):
        entry = _corrected(read, choice.serial) if choice.serial else read
    elif choice.serial:
        serial = Serial.parse(choice.serial)
        entry = Entry(serial, where=read.where, doubt=doubt_of(serial))
    else:
        return None
    return replace(entry, site=choice.site or entry.site, build=choice.build or entry.build)


def _corrected(entry: Entry, text: str) -> Entry:
    """Return an entry with another serial: the doubts about the old one are gone."""
    serial = Serial.parse(text)
    old, lost = doubt_of(entry.serial), lost_from(entry.serial.text)
    meant = without_doubts(entry, old, lost, OTHER_FORM)
    return with_doubt(replace(meant, serial=serial), doubt_of(serial))
