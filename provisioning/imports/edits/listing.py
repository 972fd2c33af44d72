"""A listing of the rows of an open import, as a person sees and edits them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from sqlalchemy.orm import Session

from infrastructure.text import readable
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import DOUBTFUL, INVALID, NOWHERE, OPEN, DryRun, DryRunRow
from provisioning.imports.edits import choices
from provisioning.imports.edits.choices import AS_READ, Read, RowChoice
from provisioning.imports.models import Import, ImportRow
from provisioning.imports.parsing.entries import Entry
from provisioning.imports.summary import LEFT_OUT, text_of
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.layout.index import NameIndex
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.serials import LONGEST, InvalidSerial, Serial

PAGE = 20  # rows of a window
BARE = (10, 12)  # characters of a serial from which a scanner's S was taken; 12 may be a whole one


def digest(*texts: str) -> str:
    """Return a short digest of texts, to tell later if they are the same."""
    return sha256("\n".join(texts).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a row's fields in the window, or empty texts."""

    serial: str
    site: str
    build: str
    decision: str

    @property
    def digest(self) -> str:
        """A digest of the values."""
        return digest(self.serial, self.site, self.build, self.decision)


@dataclass(frozen=True, slots=True)
class EditableRow:
    """A row of an open import: as it was `read`, with people's choices, and its present state.

    `row` is the row of the dry run, None for one that is left out or is no serial; `kind` is its
    kind, or LEFT_OUT. `by` and `at` are those of the last change, where there was one.
    """

    number: int
    version: int
    read: Read
    choice: RowChoice
    kind: str
    values: Values
    row: DryRunRow | None
    by: str | None = None
    at: datetime | None = None

    @property
    def why(self) -> str:
        """The reason why a person should look at the row, in plain words; or empty."""
        if self.row is not None:
            return self.row.why
        return "" if isinstance(self.read, Entry) else self.read.reason

    @property
    def is_open(self) -> bool:
        """True if the row cannot be registered until a person decides."""
        return self.kind in OPEN

    @property
    def bare(self) -> str | None:
        """The serial without a scanner's S before it; None where there is none."""
        text = self.values.serial
        if self.kind not in (DOUBTFUL, INVALID) or text[:1] not in ("S", "s"):
            return None
        try:
            bare = Serial.parse(text[1:]).text
        except InvalidSerial:
            return None
        return bare if len(bare) in BARE else None

    def written(self, kind: str) -> str | None:
        """Return the site or build as it was written."""
        if not isinstance(self.read, Entry):
            return None
        return self.read.site if kind == SITE else self.read.build


@dataclass(frozen=True, slots=True)
class WrittenName:
    """An unknown name of a site or a build, and the numbers of its rows."""

    kind: str
    text: str
    numbers: tuple[int, ...]

    @property
    def digest(self) -> str:
        """A short text that stands for it in a window."""
        return digest(self.kind, self.text.casefold())


@dataclass(frozen=True, slots=True)
class SharedDoubt:
    """A doubt that several rows have, and the numbers of these rows."""

    why: str
    numbers: tuple[int, ...]

    @property
    def digest(self) -> str:
        """A short text that stands for it in a window."""
        return digest(DOUBTFUL, self.why)


class _Rows(Mapping[int, EditableRow]):
    """The rows of an import by number, each made when it is asked for: there may be thousands."""

    def __init__(
        self,
        reads: Sequence[Read],
        kinds: Sequence[str],
        stored: Mapping[int, ImportRow],
        dry: Mapping[int, DryRunRow],
        proper: "_ProperNames",
    ) -> None:
        self._reads, self._kinds, self._stored = reads, kinds, stored
        self._dry, self._proper = dry, proper

    def __getitem__(self, number: int) -> EditableRow:
        if number not in range(len(self._reads)):
            raise KeyError(number)
        read, kind, kept = self._reads[number], self._kinds[number], self._stored.get(number)
        choice = RowChoice.of(kept) if kept else AS_READ
        return EditableRow(
            number,
            kept.version if kept else 0,
            read,
            choice,
            kind,
            self._proper.values(read, choice, is_open=kind in OPEN),
            self._dry.get(number),
            kept.by if kept else None,
            kept.at if kept else None,
        )

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._reads)))

    def __len__(self) -> int:
        return len(self._reads)


@dataclass(frozen=True, slots=True)
class Listing:
    """All rows of an import by number, and the texts that name no site or build of the repo.

    `kinds` are those of the rows, by number; `changed` the numbers of rows that people changed.
    `dry` is the dry run whose rows they are.
    """

    rows: Mapping[int, EditableRow]
    kinds: Sequence[str]
    changed: Collection[int]
    unknown: Sequence[WrittenName]
    dry: DryRun

    @classmethod
    def of(cls, session: Session, imported: Import, places: DestinationIndex) -> Self:
        """Return the listing of an import at this moment."""
        result, stored = lifecycle.read_of(session, imported), choices.stored(session, imported)
        made = {number: RowChoice.of(row) for number, row in stored.items()}
        dry = lifecycle.classify_read(session, imported, places, result, made)
        reads, by_number = choices.numbered(result), {row.number: row for row in dry.rows}
        kinds = [LEFT_OUT if number in dry.left_out else INVALID for number in range(len(reads))]
        for number, row in by_number.items():
            kinds[number] = row.kind
        proper = _ProperNames(places)
        rows = _Rows(reads, kinds, stored, by_number, proper)
        nowhere = (rows[each] for each, kind in enumerate(kinds) if kind == NOWHERE)
        return cls(rows, kinds, stored.keys(), _unknown_names(nowhere, proper), dry)

    def of_kind(self, *kinds: str) -> list[int]:
        """Return the numbers of the rows of some kinds."""
        return [number for number, kind in enumerate(self.kinds) if kind in kinds]

    def editable(self) -> list[int]:
        """Return the numbers of the rows that need a choice, or that a person has changed."""
        return sorted({*self.of_kind(*OPEN), *self.changed})

    def page(self, number: int) -> tuple[list[EditableRow], int]:
        """Return the rows of a page, from 0, and its number; of the last page for one behind it."""
        numbers = self.editable()
        last = max(0, (len(numbers) - 1) // PAGE)
        number = min(max(0, number), last)
        return [self.rows[each] for each in numbers[number * PAGE : (number + 1) * PAGE]], number

    @property
    def scanned(self) -> list[EditableRow]:
        """The rows whose serial may have a scanner's S before it, each without a twin."""
        found = [row for row in self.rows.values() if row.bare]
        taken = Counter(key_of(row) for row in self.rows.values() if row.kind != LEFT_OUT)
        taken.update((row.bare or "").upper() for row in found)
        return [row for row in found if taken[(row.bare or "").upper()] == 1]

    @property
    def doubts(self) -> list[SharedDoubt]:
        """The doubts that more than one row has, those of most rows first."""
        found: dict[str, list[int]] = {}
        for number in self.of_kind(DOUBTFUL):
            found.setdefault(self.rows[number].why, []).append(number)
        shared = [SharedDoubt(why, tuple(them)) for why, them in found.items() if len(them) > 1]
        return sorted(shared, key=lambda doubt: -len(doubt.numbers))

    def unknown_name(self, digest: str) -> WrittenName | None:
        """Return the unknown name with this digest; None where there is none any more."""
        return next((name for name in self.unknown if name.digest == digest), None)


def key_of(row: EditableRow) -> str:
    """Return the key of the serial of a row, or its text in upper case where it is none."""
    return row.values.serial.upper()


class _ProperNames:
    """The names of sites and builds as the repo spells them."""

    def __init__(self, places: DestinationIndex) -> None:
        sites, builds = places.known
        self._names = {SITE: NameIndex(sites or ()), BUILD: NameIndex(builds or ())}
        self.kinds = places.kinds.names

    def find(self, kind: str, written: str | None) -> str:
        """Return the name as the repo spells it; empty where the repo does not have it."""
        return (self._names[kind].meant(written) if written else None) or ""

    def values(self, read: Read, choice: RowChoice, *, is_open: bool) -> Values:
        """Return the values of a row; an open row has no decision, even after an earlier one."""
        site, build = (read.site, read.build) if isinstance(read, Entry) else (None, None)
        return Values(
            # As a field of one line keeps it, or each such row would count as filled in.
            choice.serial or readable(text_of(read), LONGEST),
            choice.site or self.find(SITE, site),
            choice.build or self.find(BUILD, build),
            "" if is_open else choice.decision or "",
        )


def _unknown_names(nowhere: Iterable[EditableRow], proper: _ProperNames) -> list[WrittenName]:
    """Return the names that hold up the rows that go nowhere, those of most rows first."""
    found: dict[tuple[str, str], list[EditableRow]] = {}
    for row in nowhere:
        for kind in proper.kinds:
            written = row.written(kind)
            if written and not getattr(row.choice, kind) and not proper.find(kind, written):
                found.setdefault((kind, written.casefold()), []).append(row)
    names = [
        WrittenName(kind, group[0].written(kind) or "", tuple(row.number for row in group))
        for (kind, _), group in found.items()
    ]
    return sorted(names, key=lambda name: -len(name.numbers))
