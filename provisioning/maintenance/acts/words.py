"""The words for states and operations of Macs; constants are English, and texts for `_`."""

import re
import unicodedata
from collections.abc import Mapping

from provisioning.maintenance.acts.actors import PROGRAM
from provisioning.maintenance.acts.verbs import PAST, Verb
from provisioning.registrations.models import (
    ADOPTED,
    BENCHED,
    CANCELLED,
    CONFIRMED,
    FAILED,
    IMAGING,
    STALLED,
    WAITING,
    Operation,
)
from provisioning.values.language import _, macs, marked, ngettext

# In the order of the card: those that need a person first.
STATE_WORDS = {
    FAILED: marked("failed"),
    STALLED: marked("stalled"),
    IMAGING: marked("imaging"),
    WAITING: marked("waiting"),
    CONFIRMED: marked("confirmed"),
    CANCELLED: marked("cancelled"),
}
# Events of a Mac.
EVENTS = {
    "registered": marked("registered"),
    "moved": marked("moved"),
    "cancelled": marked("cancelled"),
    "reimaged": marked("sent to be imaged again"),
    "confirmed": marked("confirmed: its manifest is written"),
    "failed": marked("failed"),
    "imaging": marked("began to be imaged"),
    "undone": marked("taken back"),
    "corrected": marked("given another serial"),
    "replaced": marked("replaced, itself or its board"),
    "named": marked("given a name"),
    "decided": marked("decided what becomes of two includes of one kind"),
    "carried over": marked("carried over from a manifest whose name differs in case only"),
    "renamed": marked("renamed with the layout of the repo"),
    ADOPTED: marked("adopted: its manifest was there"),
    "put back": marked("its manifest was put back"),
    "taken over": marked("registered for where its manifest leads"),
}
# The operations of the log, by their verbs.
OPERATIONS = {
    "registered": marked("registered"),
    "moved": marked("moved"),
    "cancelled": marked("cancelled"),
    "reimaged": marked("reimaged"),
    "undone": marked("undone"),
    "corrected": marked("corrected"),
    "replaced": marked("replaced"),
    "named": marked("named"),
    "decided": marked("decided"),
    "carried over": marked("carried over"),
    ADOPTED: marked("adopted"),
    "put back": marked("put back"),
    "taken over": marked("taken over"),
}
# The ways of operations, by what rows say.
WAYS = {
    "command": marked("command"),
    "button": marked("button"),
    "form": marked("form"),
    "card": marked("card"),
    "message": marked("message"),
    "file": marked("file"),
    "shortcut": marked("shortcut"),
    "workflow": marked("workflow"),
    "first boot": marked("first boot"),
    "board": marked("board"),
    "api": marked("API"),
}
# The sources of changes of manifests, beside the ways.
_SOURCES = {
    "replacement": marked("replaced"),
    "twin": marked("carried over"),
    "undo": marked("undone"),
}


def tally(counts: Mapping[str, int]) -> str:
    """Return the numbers of Macs by state in the reader's language."""
    return " · ".join(counted(counts[state], state) for state in STATE_WORDS if counts.get(state))


def counted(number: int, state: str) -> str:
    """Return a number of Macs in a state."""
    return _("{number} {state}", number=number, state=_(STATE_WORDS[state]))


def outcome(kind: str, number: int, place: str) -> str:
    """Return the sentence about an operation: the number of Macs, and the place of moved ones."""
    if kind == PAST[Verb.MOVE]:
        return ngettext(
            "{number} Mac moved to {place}.", "{number} Macs moved to {place}.", number, place=place
        )
    if kind == PAST[Verb.REIMAGE]:
        return ngettext("{number} Mac reimaged.", "{number} Macs reimaged.", number)
    return ngettext("{number} Mac cancelled.", "{number} Macs cancelled.", number)


def action(operation: Operation, number: int) -> str:
    """Return the words of the log for an operation on a number of Macs."""
    if operation.what == BENCHED:
        return _("opened a bench, which took {macs}", macs=macs(number))
    verb = _(OPERATIONS.get(operation.what, operation.what))
    return _("{verb} {macs}", verb=verb, macs=macs(number))


def is_number(text: str, number: int) -> bool:
    """Return True if a text is a number, its thousands apart as any reader writes them, or not."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s.,'’]", "", plain) == str(number)


def way(operation: Operation) -> str:
    """Return the way of an operation in the reader's language, with the name of its token."""
    word = _(WAYS.get(operation.via, operation.via))
    token = (operation.facts or {}).get(PROGRAM)
    return _("{way}, by the token {name}", way=word, name=token) if token else word


def source(via: str) -> str:
    """Return the source of a change of a manifest, as rows name it, in the reader's language.

    The number of a replacement is one of the database, which says nothing to a reader.
    """
    kind = via.rstrip("0123456789 ")
    words = {**WAYS, **_SOURCES}
    return _(words[kind]) if kind in words else via
