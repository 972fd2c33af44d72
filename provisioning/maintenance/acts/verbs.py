"""The operations that are offered on registered Macs, and the states in which they make sense."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement

from provisioning.registrations.models import (
    CONFIRMED,
    FAILED,
    IMAGING,
    STALLED,
    STATES,
    WAITING,
    Registration,
)
from provisioning.values.language import marked, ngettext


class Verb(StrEnum):
    """An operation; Slack keeps the values in buttons, menus and windows."""

    DETAILS = "details"
    MOVE = "move"
    REIMAGE = "reimage"
    CANCEL = "cancel"
    REMIND = "remind"

    @property
    def label(self) -> str:
        """Its name in menus, windows and pages, in English: a text for `_`."""
        return _LABELS[self]

    def consequence(self, number: int) -> str:
        """Its consequence for a number of Macs, which people read before they do it."""
        match self:
            case Verb.MOVE:
                return ngettext(
                    "It waits again: its manifest is written at its next first boot.",
                    "They wait again: manifests are written at their next first boot.",
                    number,
                )
            case Verb.REIMAGE:
                return ngettext(
                    "It waits for another first boot. If it was confirmed recently, somebody may "
                    "be using it.",
                    "They wait for another first boot. A Mac that was confirmed recently may be "
                    "in use.",
                    number,
                )
            case Verb.CANCEL:
                return ngettext(
                    "Its registration is cancelled. If a manifest was written, it stays.",
                    "Their registrations are cancelled. Manifests that were written stay.",
                    number,
                )
            case Verb.REMIND:
                return ngettext(
                    "You get a message if it is not done by then.",
                    "You get a message about those that are not done by then, or none if all are.",
                    number,
                )
            case Verb.DETAILS:
                return ""


_LABELS = {
    Verb.DETAILS: marked("Details"),
    Verb.MOVE: marked("Move"),
    Verb.REIMAGE: marked("Image again"),
    Verb.CANCEL: marked("Cancel"),
    Verb.REMIND: marked("Remind me"),
}
MAX_BY_BUTTON = 20  # Macs; of more their number is typed, before they are imaged or cancelled
_ALWAYS = (Verb.DETAILS, Verb.MOVE, Verb.CANCEL)
_OFFERED = {
    WAITING: (*_ALWAYS, Verb.REMIND),
    IMAGING: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    STALLED: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    FAILED: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    CONFIRMED: (*_ALWAYS, Verb.REIMAGE),
}  # a cancelled one has details alone
PAST: Mapping[str, str] = {Verb.MOVE: "moved", Verb.REIMAGE: "reimaged", Verb.CANCEL: "cancelled"}


def offered_on_card(states: Collection[str], number: int) -> Sequence[Verb]:
    """Return the operations that apply to a card of so many Macs, which are in these states.

    On a card of several, they are done to all Macs that `queries.to_be_done` selects.
    """
    if number == 1:
        return [verb for verb in Verb if any(verb in offered(state) for state in states)]
    is_open = any(state != CONFIRMED for state in states)
    is_finished = CONFIRMED in states or FAILED in states
    applies = {Verb.DETAILS: True, Verb.REIMAGE: is_finished}
    return [verb for verb in Verb if applies.get(verb, is_open)]


def meaningful(verb: Verb) -> ColumnElement[bool]:
    """Return the condition for the registrations for which an operation makes sense."""
    return Registration.state.in_([state for state in STATES if verb in offered(state)])


def offered(state: str) -> Sequence[Verb]:
    """Return the operations that make sense for a Mac in this state."""
    return _OFFERED.get(state, (Verb.DETAILS,))
