"""The route of the board itself: all open Macs in columns by state."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from infrastructure.text import storable
from provisioning.maintenance.acts.words import STATE_WORDS
from provisioning.registrations.listings import columns
from provisioning.registrations.listings.columns import Columns
from provisioning.registrations.models import CANCELLED, Registration
from provisioning.values.language import spoken
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import draw, send
from server.board.recent import RecentValues, news_of
from server.board.registrations.query import LONGEST
from server.board.views import BoardPages, BoardParts, get

MAX_IN_A_COLUMN = 40  # Macs; a filter shows others
COLUMNS = [state for state in STATE_WORDS if state != CANCELLED]


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """Filters of the board; all of them are in the address, which can be shared."""

    site: str
    build: str
    text: str

    @property
    def query(self) -> str:
        """The filters as the query of an address."""
        named = {"site": self.site, "build": self.build, "q": self.text}
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """The Macs in one state: how many, and the newest of them."""

    state: str
    title: str
    number: int
    macs: list[Registration]

    @property
    def others(self) -> int:
        """The number of Macs that are not shown."""
        return self.number - len(self.macs)


def columns_of(found: Columns) -> list[BoardColumn]:
    """Return the columns of the board, those without Macs too."""
    return [
        BoardColumn(state, words.state_name(state), *found.get(state, (0, []))) for state in COLUMNS
    ]


class OverviewPages(BoardPages):
    """The view of the board."""

    def __init__(self, parts: BoardParts) -> None:
        super().__init__(parts)
        self._drawn: RecentValues[str] = RecentValues()

    @get("", strict_slashes=False)
    def board(self) -> Response:
        """All open Macs in columns by state, for browsers; `site`, `build` and `q` are filters."""
        filters = BoardFilters(
            *(storable(request.args.get(name, ""), LONGEST) for name in ("site", "build", "q"))
        )
        news = news_of(request)
        if news is None:
            return send(self._drawn_for(self._visitor, filters))
        # The content, which is the same for everybody who has these filters.
        key = filters, spoken()
        return send(self._drawn.get(key, news, lambda: self._drawn_for(None, filters)))

    def _drawn_for(self, visitor: Visitor | None, filters: BoardFilters) -> str:
        with self._database.reading() as session:
            found = columns.of(
                session,
                site=filters.site,
                build=filters.build,
                text=filters.text,
                limit=MAX_IN_A_COLUMN,
            )
        shown = columns_of(found)
        repo = self._repo.now()
        return draw(
            "registrations/board.html",
            visitor,
            columns=shown,
            total=sum(column.number for column in shown),
            filters=filters,
            sites=repo.sites(),
            builds=repo.builds(),
        )
