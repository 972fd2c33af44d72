"""The words for rows of a dry run, in English, for each door: texts for `_`."""

from provisioning.imports.dry_run import (
    CONFLICT,
    DOUBTFUL,
    INVALID,
    MOVED,
    NEW,
    NOWHERE,
    UNCHANGED,
)
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.edits.listing import EditableRow
from provisioning.imports.summary import LEFT_OUT
from provisioning.values.language import marked

UNDECIDED = ""
# Above the rows of a kind.
TITLES = {
    NEW: marked("New"),
    MOVED: marked("Registered elsewhere by the same person, or done there: would be moved"),
    DOUBTFUL: marked("Doubtful: check them against the Macs"),
    CONFLICT: marked("Waiting elsewhere, registered by somebody else"),
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
    NOWHERE: marked("going nowhere yet"),
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
    """The word for how a row of this kind stands."""
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
