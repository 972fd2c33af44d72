"""The state of a Home, its filters and its page, stored in the view itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from bot.slack import payloads
from provisioning.monitoring.dashboard import STATES, MacFilter
from provisioning.values.kinds import BUILD, SITE, Kinds

ALL = "/"  # no site, build or state has this name
# The actions of the filters, by the kind of name.
FILTERS = {"site": "home_site", "build": "home_build", "state": "home_state"}
LONGEST = 75  # characters of a name, by the Munki repo's rule


@dataclass(frozen=True, slots=True)
class HomeState:
    """A selection of Macs, and the number of a page of them, from 0."""

    mac_filter: MacFilter = field(default_factory=MacFilter)
    page: int = 0

    @classmethod
    def at(cls, view: Mapping[str, Any] | None) -> Self:
        """Return the state of a view with the choices in its filters; the start for an odd view.

        Another choice begins at its first page.
        """
        view = view or {}
        displayed = cls.from_json(str(view.get("private_metadata") or ""))
        mac_filter = replace(displayed.mac_filter, **_chosen(view))
        return displayed if mac_filter == displayed.mac_filter else cls(mac_filter)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the state that `to_json` wrote, the first page of all Macs for anything else."""
        try:
            stored = json.loads(text)
            page = int(stored["page"])
            wanted = MacFilter(**{kind: _name(kind, stored[kind]) for kind in FILTERS})
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return cls()
        return cls(wanted, page)

    def within(self, kinds: Kinds) -> Self:
        """Return the state without choices in filters that are no longer shown."""
        gone = {kind: None for kind in (SITE, BUILD) if kind not in kinds.names}
        return replace(self, mac_filter=replace(self.mac_filter, **gone))

    def to_json(self) -> str:
        """Return it as text, for the view's private metadata; Slack keeps the names in it."""
        return json.dumps({**asdict(self.mac_filter), "page": self.page}, ensure_ascii=False)


def home_behind(view: Mapping[str, Any]) -> str | None:
    """The state of the Home that a window was opened from, as JSON; None where there is none.

    For a Home it is its own.
    """
    if view.get("type") == "home":
        return HomeState.at(view).to_json()
    try:
        stored = json.loads(str(view.get("private_metadata") or "{}"))
    except (ValueError, RecursionError):
        return None
    state = stored.get("home") if isinstance(stored, dict) else None
    return state if isinstance(state, str) else None


def _chosen(view: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the choices in the filters, of those that hold any."""
    answers = payloads.answers_in(view)
    choices = {name: payloads.chosen(answers, action) for name, action in FILTERS.items()}
    return {
        name: _name(name, None if choice == ALL else choice)
        for name, choice in choices.items()
        if choice
    }


def _name(kind: str, value: object) -> str | None:
    """A name that can be looked for; None, which means all, for anything else."""
    is_usable = isinstance(value, str) and 0 < len(value) <= LONGEST
    if not is_usable or (kind == "state" and value not in STATES):
        return None
    return str(value)
