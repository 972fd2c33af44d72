"""The pages that every page leads to, in the order of the menu."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioning.values.language import marked
from server.auth.browsers import Visitor


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: a page, its title (a text for `_`), and if admins alone may open it."""

    path: str
    title: str
    for_admins: bool = False


NAVIGATION = (
    Entry("/board", marked("Board")),
    Entry("/board/registrations", marked("Registrations")),
    Entry("/board/hand-in", marked("Add Macs")),
    Entry("/board/batches", marked("Batches")),
    Entry("/board/screens", marked("Screens")),
    Entry("/board/me", marked("What you may do")),
    Entry("/board/sessions", marked("Your sessions")),
)


def menu(visitor: Visitor) -> Iterator[Entry]:
    """Yield the entries that a person may open."""
    return (entry for entry in NAVIGATION if visitor.is_admin or not entry.for_admins)
