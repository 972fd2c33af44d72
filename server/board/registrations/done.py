"""Sentences about a visitor's last act on many Macs, by its number in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy.orm import Session

from infrastructure.text import whole_number
from provisioning.maintenance.acts.words import outcome
from provisioning.registrations.listings import log
from provisioning.registrations.listings.log import LogEntry
from provisioning.values.language import _, ngettext
from provisioning.values.outsiders import is_same
from server.auth.browsers import Visitor
from server.board import words


@dataclass(frozen=True, slots=True)
class DoneAct:
    """A sentence about the visitor's last act, and the operation, if it can still be undone."""

    sentence: str
    undoable: int | None

    @classmethod
    def read(
        cls, session: Session, sent: Mapping[str, str], visitor: Visitor, at: datetime
    ) -> Self | None:
        """Return the act in an address; None where it was not the visitor's.

        Fields: `did`, the number of the operation, and `left`, that of the Macs that it left.
        """
        operation_id = whole_number(sent.get("did", ""))
        entry = log.find(session, operation_id) if operation_id is not None else None
        if entry is None:
            return None
        operation = entry.operation
        if not any(
            is_same(each or "", visitor.actor.by) for each in (operation.by, operation.undone_by)
        ):
            return None
        sentences = [_outcome(entry)]
        if left := whole_number(sent.get("left", "")):
            sentences.append(left_alone(left))
        why_not = words.why_not_undo(operation, visitor, at)
        return cls(" ".join(sentences), operation.id if why_not is None else None)


def left_alone(number: int) -> str:
    """The sentence about Macs that an act left as they are."""
    return ngettext(
        "{number} Mac has changed since and was left alone.",
        "{number} Macs have changed since and were left alone.",
        number,
    )


def _outcome(entry: LogEntry) -> str:
    if entry.operation.undone_at is not None:
        return _("That was undone.")
    place = words.place(entry.site, entry.build)
    return outcome(entry.operation.what, entry.macs, place)
