"""Words about Macs on pages, in the reader's language: plain text, which templates escape."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.access.accounts.models import CODE, LINK, SLACK
from provisioning.maintenance.acts.words import EVENTS, STATE_WORDS
from provisioning.maintenance.acts.words import way as way_of
from provisioning.monitoring.figures import DAY, HOUR, MINUTE
from provisioning.registrations.models import ADOPTED, Event, Operation
from provisioning.registrations.operations import UNDOABLE
from provisioning.values.language import _, aside, capitalized, commas, stated, worded
from provisioning.values.outsiders import is_same, shown
from provisioning.values.slack import NAMED_PERSON
from server.auth.browsers import Visitor

Names = Mapping[str, str]  # of people, by their ids
# Signs in what browsers say of themselves. In this order: Edge says that it is Chrome, too, Chrome
# that it is Safari, and Android that it is Linux.
_BROWSERS = {
    "Edg": "Edge",
    "Firefox|FxiOS": "Firefox",
    "Chrome|CriOS": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def state_name(state: str) -> str:
    """The name of a state, as a heading."""
    return capitalized(_(STATE_WORDS.get(state, state)))


def place(site: str, build: str) -> str:
    """A site and a build; one of them where the repo has only that kind."""
    return " / ".join(name for name in (site, build) if name) or _("nowhere")


def person(user: str | None, names: Names) -> str:
    """The name of a person; the id of one who is not known any more."""
    if user == ADOPTED:
        return _("an admin")
    return names.get(user, shown(user)) if user else _("nobody")


def event(happened: Event, operation: Operation | None, names: Names) -> str:
    """A line about an event of a Mac, without its time."""
    word = EVENTS.get(happened.what)
    line = _(word) if word else happened.what
    before, after = happened.before, happened.after
    if before and after and "serial" in after:
        line = aside(line, f"{before.get('serial')} → {after['serial']}")
    if after is not None and happened.what == "moved" and before:
        line += _(" from {place} to {destination}", place=_place(before), destination=_place(after))
    elif after is not None:
        line = commas([line, _place(after)])
    if after and after.get("computer_name"):
        line += _(", called {name}", name=after["computer_name"])
    if after and happened.what == "failed" and after.get("step"):
        line = stated(line, after["step"])
    if happened.by:
        line += _(", by {person}", person=person(happened.by, names))
    if operation is not None:
        line = aside(line, way_of(operation))
    return line


@dataclass(frozen=True, slots=True)
class Offer:
    """An act, or the reason why this person cannot do it now."""

    verb: str
    label: str
    why_not: str | None


def undo_offer(operation: Operation, visitor: Visitor, at: datetime) -> Offer:
    """The offer to take back an operation."""
    return Offer("undo", _("Undo"), why_not_undo(operation, visitor, at))


def why_not_undo(operation: Operation, visitor: Visitor, at: datetime) -> str | None:
    """The reason why a person cannot undo an operation now; None where they can."""
    if operation.undone_at is not None:
        return _("That was undone already.")
    if at - operation.at > UNDOABLE:
        return _("Only what was done within the last ten minutes can be undone.")
    if not is_same(operation.by, visitor.actor.by) and not visitor.is_admin:
        return _("Somebody else did it, so an admin can undo it.")
    return None


def way(name: str, title_of: Callable[[str], str]) -> str:
    """The way in which a session began: a provider by its title, or a link."""
    return {SLACK: "Slack", LINK: _("a link"), CODE: _("a code")}.get(name) or title_of(name)


def browser(agent: str) -> str:
    """A browser and its system, such as `Safari, iPhone`, of its `User-Agent`; else all of that."""
    found = [
        next((name for sign, name in names.items() if re.search(sign, agent)), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(found) if all(found) else agent


def _place(kept: Mapping[str, Any]) -> str:
    return place(kept.get("site") or "", kept.get("build") or "")


def people_in(sentences: Iterable[str]) -> list[str]:
    """Return the ids of the people in explanations."""
    return [user for sentence in sentences for user in NAMED_PERSON.findall(sentence)]


def with_people(sentence: str, names: Names) -> str:
    """An explanation in the reader's language, with the names of people."""
    return NAMED_PERSON.sub(lambda user: person(user[1], names), worded(sentence))


def duration(seconds: float) -> str:
    """A wait in its two largest units."""
    minutes = round(seconds / MINUTE)
    if seconds < MINUTE:
        return _("under a minute")
    if minutes < HOUR // MINUTE:
        return _("{minutes} min", minutes=minutes)
    if minutes < DAY // MINUTE:
        hours, minutes = divmod(minutes, 60)
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes)
    days, hours = divmod(round(seconds / HOUR), 24)
    return _("{days} d {hours} h", days=days, hours=hours)
