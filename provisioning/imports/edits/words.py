"""The words for dry runs and their rows, as plain text; constants are texts for `_`."""

from collections.abc import Mapping, Sequence

from provisioning.imports.dry_run import (
    CONFLICT,
    DOUBTFUL,
    INVALID,
    MOVED,
    NEW,
    NOWHERE,
    OPEN,
    UNCHANGED,
)
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.edits.listing import EditableRow
from provisioning.imports.models import Summary
from provisioning.imports.summary import LEFT_OUT
from provisioning.values.language import _, commas, macs, marked, ngettext

UNDECIDED = ""
# Above the rows of a kind.
TITLES = {
    NEW: marked("New"),
    MOVED: marked("Would be moved"),
    DOUBTFUL: marked("Doubtful (check them against the Macs)"),
    CONFLICT: marked("Waiting elsewhere (somebody else's)"),
    NOWHERE: marked("Without a place yet"),
    INVALID: marked("Cannot be read"),
    UNCHANGED: marked("Already registered like this"),
}
# What else may be of Macs than ready, in an adjective.
LEFT = {
    DOUBTFUL: marked("doubtful"),
    CONFLICT: marked("waiting elsewhere"),
    NOWHERE: marked("without a place"),
    INVALID: marked("unreadable"),
    UNCHANGED: marked("already registered like this"),
    LEFT_OUT: marked("left out"),
}
_OF_A_ROW = {
    DOUBTFUL: marked("doubtful"),
    CONFLICT: marked("waiting elsewhere"),
    NOWHERE: marked("without a place"),
    INVALID: marked("cannot be read"),
    LEFT_OUT: marked("left out"),
    UNCHANGED: marked("registered like this already"),
}
_READY = marked("ready")
CHANGED_MEANWHILE = marked(
    "Somebody else changed the rows marked below after you saw them, so nothing was saved. The "
    "text of each says how it stands now, the fields hold what you want. Save again to have yours."
)


def of_kind(kind: str) -> str:
    """The word for the state of a row of this kind."""
    return _OF_A_ROW.get(kind, _READY)


def decisions(row: EditableRow) -> dict[str, str]:
    """The decisions that a person can take on a row, each with its words; the first is none."""
    undecided = marked("Not decided") if row.is_open else marked("As it is")
    found = {UNDECIDED: marked("Back into the list") if row.kind == LEFT_OUT else undecided}
    if row.kind == CONFLICT:
        found[TAKE] = marked("Move it here")
    elif row.kind == DOUBTFUL or row.values.decision == TAKE:
        found[TAKE] = marked("Take it: it is right")
    return {**found, OUT: marked("Leave it out")}


def approvals(counts: Mapping[str, int]) -> list[tuple[Sequence[str], str]]:
    """The possible approvals of a dry run, by its counts: the kinds included, and the words."""
    ready, doubtful, conflicts = counts[NEW] + counts[MOVED], counts[DOUBTFUL], counts[CONFLICT]
    found: list[tuple[Sequence[str], str]] = []
    if ready:
        found.append(((), _("Register {macs}", macs=macs(ready))))
    if doubtful:
        text = _("Register {number} doubtful", number=doubtful)
        if ready:
            text = _("Also {number} doubtful", number=doubtful)
        found.append(((DOUBTFUL,), text))
    if conflicts:
        text = ngettext("Move {number} conflict", "Move {number} conflicts", conflicts)
        if ready:
            text = ngettext("Move {number} conflict too", "Move {number} conflicts too", conflicts)
        found.append(((CONFLICT,), text))
    if doubtful and conflicts:
        text = _("All {number} Macs", number=ready + doubtful + conflicts)
        found.append(((DOUBTFUL, CONFLICT), text))
    return found


def consequence_of_moving(conflicts: int) -> str:
    """The question before Macs are moved that another person registered."""
    return ngettext(
        "Somebody else registered {number} Mac for another place, and it waits for its first boot. "
        "It would go where this says instead.",
        "Somebody else registered {number} Macs for another place, and they wait for their first "
        "boot. They would go where this says instead.",
        conflicts,
    )


def consequence_of_dropping(number: int) -> str:
    """The warning before a dry run of a number of Macs is dropped."""
    return ngettext(
        "Nothing is registered. To register it later, hand it in again.",
        "Nothing is registered. To register them later, hand them in again.",
        number,
    )


def editable(rendered: Summary) -> int:
    """The number of rows that a person may correct, and of corrected ones."""
    return sum(rendered["counts"][kind] for kind in OPEN) + rendered.get("edited", 0)


def deed(new: int, moved: int) -> str:
    """The result of an approval with the numbers of Macs, without the end of the sentence."""
    if new and moved:
        return _("Registered {new} and moved {moved}", new=macs(new), moved=macs(moved))
    if moved:
        return _("Moved {macs}", macs=macs(moved))
    return _("Registered {macs}", macs=macs(new)) if new else _("Registered nothing")


def left_alone(left: Mapping[str, int]) -> str | None:
    """A sentence about the rows that an approval left out; None where there are none."""
    counts = [
        _("{number} {state}", number=number, state=_(LEFT[kind]))
        for kind, number in left.items()
        if number and kind in LEFT
    ]
    return _("Left alone: {names}.", names=commas(counts)) if counts else None
