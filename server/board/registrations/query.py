"""Filters, order and page of the table of registrations, in an address or a form."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from infrastructure.text import storable, whole_number
from provisioning.maintenance.acts.words import STATE_WORDS
from provisioning.registrations.listings.table import ALL, SORTS, Order, TableFilters
from server.board.pages import address

PATH = "/board/registrations"
LONGEST = 255  # characters of what is searched for, or of the name of a site
_NAMES = {"text": "q", "site": "site", "build": "build", "state": "state"}


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the table; all of it is in the address, which can be shared."""

    filters: TableFilters
    order: Order
    page: int

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Self:
        """Return the question of an address or a form; invalid values count as empty."""
        given = {
            field: storable(sent.get(name, ""), LONGEST).strip() for field, name in _NAMES.items()
        }
        if given["state"] not in (*STATE_WORDS, ALL):
            given["state"] = ""
        sort = sent.get("sort", "")
        column = sort.removeprefix("-")
        order = Order(column, sort.startswith("-")) if column in SORTS else Order()
        return cls(TableFilters(**given), order, whole_number(sent.get("page", "")) or 1)

    @property
    def values(self) -> dict[str, str]:
        """The values of its fields, except for the page, by their names in an address."""
        given = {
            _NAMES[each.name]: getattr(self.filters, each.name) for each in fields(TableFilters)
        }
        if self.order != Order():
            given["sort"] = ("-" if self.order.is_down else "") + self.order.column
        return {name: value for name, value in given.items() if value}

    @property
    def path(self) -> str:
        """The address of the table with this question, on its first page."""
        return self.with_values()

    def with_values(self, **others: str | int) -> str:
        """Return the address of the table with other values."""
        return address(PATH, {**self.values, **others})

    def sorted_by(self, column: str) -> str:
        """Return the address of the table sorted by a column, the other way where it is already."""
        is_down = not self.order.is_down if self.order.column == column else column == "at"
        return self.with_values(sort=("-" if is_down else "") + column)
