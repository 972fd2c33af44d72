"""Words about Macs on pages, in the reader's language: plain text, which templates escape."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from provisioning.access.accounts.models import LINK, SLACK
from provisioning.maintenance.words import EVENTS, STATE_WORDS, WAYS
from provisioning.registrations.models import ADOPTED, Event, Operation, Registration
from provisioning.registrations.queries import STALLED
from provisioning.values.language import _, capitalized, hour
from provisioning.values.outsiders import shown

Names = Mapping[str, str]  # of people, by their ids


def state_name(state: str) -> str:
    """The name of a state, as a heading."""
    return capitalized(_(STATE_WORDS.get(state, state)))


def state_of(mac: Registration) -> str:
    """The state of a Mac as it is shown."""
    return STALLED if mac.is_stalled else mac.state


def place(site: str, build: str) -> str:
    """A site and a build; one of them where the repo has only that kind."""
    return " / ".join(name for name in (site, build) if name) or _("nowhere")


def person(user: str | None, names: Names) -> str:
    """The name of a person; the id of one who is not known any more."""
    if user == ADOPTED:
        return _("an admin")
    return names.get(user, shown(user)) if user else _("nobody")


def event(happened: Event, operation: Operation | None, names: Names) -> str:
    """A line about what happened to a Mac, without its time."""
    word = EVENTS.get(happened.what)
    line = _(word) if word else happened.what
    before, after = happened.before, happened.after
    if before and after and "serial" in after:
        line += f" ({before.get('serial')} → {after['serial']})"
    if after is not None and happened.what == "moved" and before:
        line += _(" from {place} to {destination}", place=_place(before), destination=_place(after))
    elif after is not None:
        line += f", {_place(after)}"
    if after and after.get("computer_name"):
        line += _(", called {name}", name=after["computer_name"])
    if after and happened.what == "failed" and after.get("step"):
        line += f": {after['step']}"
    if happened.by:
        line += _(", by {person}", person=person(happened.by, names))
    if operation is not None:
        line += f" ({_(WAYS.get(operation.via, operation.via))})"
    return line


def way(name: str, title_of: Callable[[str], str]) -> str:
    """The way in which a session began: a provider by its title, or a link."""
    return {SLACK: "Slack", LINK: _("a link")}.get(name) or title_of(name)


def since(at: datetime | None) -> str:
    """A moment, or that there is none."""
    return hour(at) if at else "–"


def _place(kept: Mapping[str, Any]) -> str:
    return place(kept.get("site") or "", kept.get("build") or "")
