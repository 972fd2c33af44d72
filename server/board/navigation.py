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
class MenuEntry:
    """An entry of the menu: a page, its title (a text for `_`), and who may open it."""

    path: str
    title: str
    rank: Rank = Rank.ANYBODY


NAVIGATION = (
    MenuEntry("/board", marked("Board")),
    MenuEntry("/board/registrations", marked("Registrations")),
    MenuEntry("/board/hand-in", marked("Add Macs")),
    MenuEntry("/board/batches", marked("Batches")),
    MenuEntry("/board/screens", marked("Screens")),
    MenuEntry("/board/places", marked("Sites and builds")),
    MenuEntry("/board/statistics", marked("Statistics")),
    MenuEntry("/board/log", marked("Log"), Rank.ADMIN),
    MenuEntry("/board/doctor", marked("Doctor"), Rank.ADMIN),
    MenuEntry("/board/credentials", marked("Keys"), Rank.NAMED_ADMIN),
    MenuEntry("/board/webhooks", marked("Webhooks"), Rank.NAMED_ADMIN),
    MenuEntry("/board/tokens", marked("Tokens")),
    MenuEntry("/board/me", marked("What you may do")),
    MenuEntry("/board/mail", marked("Mail")),
    MenuEntry("/board/sessions", marked("Your sessions")),
)


def menu(visitor: Visitor) -> Iterator[MenuEntry]:
    """Yield the entries that a person may open."""
    return (entry for entry in NAVIGATION if entry.rank.has(visitor))
