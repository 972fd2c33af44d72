"""Changes of rows: new choices for some rows of a listing, not yet stored."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from infrastructure.errors import Conflict, InvalidInput, RollcallError
from infrastructure.text import Sentence
from provisioning.imports.edits.choices import OUT, TAKE, RowChoice
from provisioning.imports.edits.listing import EditableRow, Listing, SharedDoubt, Values, key_of
from provisioning.imports.parsing.tokens.serial_shapes import typed
from provisioning.values.serials import InvalidSerial

Changes = Mapping[int, RowChoice]
_NONE = SharedDoubt("", ())
LONGEST_NAME = 255  # characters of a site's or a build's name


class RowsChanged(Conflict):
    """Rows that another person changed after they were shown."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__("Somebody else changed a row meanwhile.")
        self.numbers = frozenset(numbers)


class InvalidRow(InvalidInput):
    """A value that a row cannot have, with the reason; nothing was changed."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number


class NotTheirs(RollcallError):
    """A change of a row without a site, by a person who did not hand in the Macs."""

    def __init__(self) -> None:
        super().__init__(
            "Only the person who handed these Macs in may change a row that has no place yet."
        )


class NothingAlike(Conflict):
    """A choice for many rows, none of which is left."""

    def __init__(self) -> None:
        super().__init__("There are no such rows any more: somebody was faster.")


@dataclass(frozen=True, slots=True)
class Draft:
    """The values that a person gives a row, and the version that they saw.

    `shown` is the digest of the values that it had then.
    """

    number: int
    version: int
    shown: str
    values: Values

    @property
    def is_touched(self) -> bool:
        """True if the person changed a value."""
        return self.values.digest != self.shown


def of_drafts(listing: Listing, drafts: Iterable[Draft]) -> Changes:
    """Return the choices of a person who filled in a page. Raises RowsChanged and InvalidRow.

    Untouched values are no change, so the newer version of another person stays.
    """
    touched = [
        (listing.rows[draft.number], draft)
        for draft in drafts
        if draft.number in listing.rows and draft.is_touched
    ]
    changed = [(row, draft) for row, draft in touched if row.values != draft.values]
    if stale := [row.number for row, draft in changed if row.version != draft.version]:
        raise RowsChanged(stale)
    changes = {row.number: _chosen(row, draft.values) for row, draft in changed}
    _check_twins(listing, changes)
    return changes


def without_s(listing: Listing) -> Changes:
    """Return the choices that take a scanner's S off all serials. Raises NothingAlike."""
    rows = listing.scanned
    return _any({row.number: replace(row.choice, serial=row.bare, accepted=None) for row in rows})


def destined(listing: Listing, unknown: str, name: str) -> Changes:
    """Return the choices that give all rows with an unknown name a site, or a build.

    `unknown` is the digest of the name that was written. Raises NothingAlike.
    """
    written = listing.unknown_name(unknown)
    if written is None:
        raise NothingAlike
    fields = {written.kind: name[:LONGEST_NAME]}
    return {number: replace(listing.rows[number].choice, **fields) for number in written.numbers}


def decided(listing: Listing, alike: str, decision: str) -> Changes:
    """Return the choices that take or leave out all rows that are alike. Raises NothingAlike.

    `alike` is the digest of the doubt or the unknown name that they share.
    """
    found = next((each for each in listing.doubts if each.digest == alike), None)
    numbers = (found or listing.unknown_name(alike) or _NONE).numbers
    return _any(
        {
            number: replace(listing.rows[number].choice, decision=decision, accepted=None)
            for number in numbers
        }
    )


def sites_of(listing: Listing, changes: Changes) -> set[str]:
    """Return the sites of the rows that change, the present and the new ones.

    Raises NotTheirs for a row without any site, by which rights could be checked.
    """
    sites = set[str]()
    for number, choice in changes.items():
        row = listing.rows[number]
        destination = row.row.destination if row.row else None
        read = destination.site if destination else None
        named = {site for site in (choice.site, row.values.site, read) if site}
        if not named:
            raise NotTheirs
        sites |= named
    return sites


def _any(changes: Changes) -> Changes:
    if not changes:
        raise NothingAlike
    return changes


def _chosen(row: EditableRow, values: Values) -> RowChoice:
    """Return the choice that gives a row the values of a draft. Raises InvalidRow."""
    choice, shown = row.choice, row.values
    if values.serial != shown.serial:
        choice = replace(choice, serial=_checked(row.number, values.serial))
    if values.site != shown.site:
        choice = replace(choice, site=values.site[:LONGEST_NAME] or None)
    if values.build != shown.build:
        choice = replace(choice, build=values.build[:LONGEST_NAME] or None)
    decision = values.decision if values.decision in (OUT, TAKE) else None
    is_same_mac = decision == TAKE and values.serial == shown.serial
    accepted = choice.accepted if is_same_mac else None
    return replace(choice, decision=decision, accepted=accepted)


def _checked(number: int, text: str) -> str:
    try:
        return typed(text).text
    except InvalidSerial as error:
        raise InvalidRow(number, f"{error.reason[:1].upper()}{error.reason[1:]}.") from error


def _check_twins(listing: Listing, changes: Changes) -> None:
    """Raise InvalidRow where a change would make two rows of one Mac."""
    keys = {number: _key(row, changes.get(number)) for number, row in listing.rows.items()}
    counts = Counter(filter(None, keys.values()))
    for number in changes:
        key = keys[number]
        if key is not None and counts[key] > 1:
            raise InvalidRow(
                number, Sentence("{key} is in the list twice then; leave one of them out.", key=key)
            )


def _key(row: EditableRow, choice: RowChoice | None) -> str | None:
    choice = choice or row.choice
    if choice.decision == OUT:
        return None
    return choice.serial.upper() if choice.serial else key_of(row) if row.row else None
