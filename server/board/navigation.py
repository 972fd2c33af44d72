"""The menu of every page: the pages in their order, and the people who may open each."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from provisioning.values.language import marked
from server.auth.browsers import Visitor


class Rank(Enum):
    """A rank of people: who may open a page."""

    ANYBODY = auto()
    ADMIN = auto()  # everybody, where the policy names none
    NAMED_ADMIN = auto()

    def has(self, visitor: Visitor) -> bool:
        """Return True if a person has this rank."""
        if self is Rank.NAMED_ADMIN:
            return visitor.is_named_admin
        return self is Rank.ANYBODY or visitor.is_admin


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: a page, its title (a text for `_`), and who may open it."""

    path: str
    title: str
    rank: Rank = Rank.ANYBODY


NAVIGATION = (
    Entry("/board", marked("Board")),
    Entry("/board/registrations", marked("Registrations")),
    Entry("/board/hand-in", marked("Add Macs")),
    Entry("/board/batches", marked("Batches")),
    Entry("/board/screens", marked("Screens")),
    Entry("/board/places", marked("Sites and builds")),
    Entry("/board/statistics", marked("Statistics")),
    Entry("/board/log", marked("Log"), Rank.ADMIN),
    Entry("/board/doctor", marked("Doctor"), Rank.ADMIN),
    Entry("/board/credentials", marked("Keys"), Rank.NAMED_ADMIN),
    Entry("/board/webhooks", marked("Webhooks"), Rank.NAMED_ADMIN),
    Entry("/board/tokens", marked("Tokens")),
    Entry("/board/me", marked("What you may do")),
    Entry("/board/mail", marked("Mail")),
    Entry("/board/sessions", marked("Your sessions")),
)


def menu(visitor: Visitor) -> Iterator[Entry]:
    """Yield the entries that a person may open."""
    return (entry for entry in NAVIGATION if entry.rank.has(visitor))
