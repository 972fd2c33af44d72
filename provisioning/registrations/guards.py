"""Guards of manifests that people edit by hand: they refuse edits that break registrations.

A client that sends If-Match knows the present version, and passes them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.errors import Conflict
from infrastructure.text import counted
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.layout import Layout, ManifestKind
from provisioning.munki.manifests.documents import INCLUDED, entries, loads, read
from provisioning.munki.manifests.names import ManifestName
from provisioning.outbox import outbox
from provisioning.registrations import queries
from provisioning.registrations.models import CONFIRMED, IS_OPEN, Event, Registration
from provisioning.values.outsiders import shown
from provisioning.values.serials import InvalidSerial, Serial

MAX_EVENTS = 100  # the newest events of a Mac, in which its move is searched


class UndoesMove(Conflict):
    """An old copy of a manifest, which leads elsewhere than its Mac's registration."""

    def __init__(self, serial: str, reason: str) -> None:
        super().__init__(
            f"{serial} {reason}, and what was sent leads elsewhere. Fetch it again and repeat the "
            "change; or send its ETag in If-Match to do it all the same."
        )
        self.serial = serial


class WaitedFor(Conflict):
    """A site or a build that Macs are registered for, and that is to be removed."""

    def __init__(self, name: str, kind: str, macs: int) -> None:
        wait = "1 Mac waits" if macs == 1 else f"{macs:,} Macs wait"
        super().__init__(
            f"{wait} for the {kind} {name}: move them first, or send the manifest's ETag in "
            "If-Match to remove it all the same."
        )


class IncludedByAll(Conflict):
    """A manifest that every Mac's includes, and that is to be removed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Every Mac's manifest includes {name}: without it no Mac gets one. Take it out of "
            "`always` in [munki] first."
        )


def check_leads_on(
    session: Session, layout: Layout, name: ManifestName, before: bytes, after: bytes
) -> None:
    """Raise UndoesMove where `before` leads where its Mac is registered, and `after` does not.

    Both are contents of the manifest; an unreadable `before` may be replaced. Raises
    ManifestUnreadable for `after`.
    """
    try:
        present = read(name.text, before)
    except ManifestUnreadable:
        return
    new = loads(name.text, after)
    registration = owner(session, layout, name)
    if registration is None:
        return
    destination = registration.destination
    here = (destination.site, destination.build)
    if (
        layout.leads_to(entries(present, INCLUDED))
        == here
        != layout.leads_to(entries(new, INCLUDED))
    ):
        raise UndoesMove(registration.name, _reason(session, registration))


def owner(session: Session, layout: Layout, name: ManifestName) -> Registration | None:
    """Return the open registration of the Mac whose own manifest has that name, else None."""
    text = name.text.removeprefix(f"{layout.macs}/") if layout.macs else name.text
    try:
        serial = Serial.parse(text)
    except InvalidSerial:
        return None
    is_own = layout.manifest_of(serial.text) == name.text
    return queries.find_open(session, serial) if is_own else None


def check_not_included_by_all(layout: Layout, name: ManifestName) -> None:
    """Raise IncludedByAll where a manifest is one that every Mac's includes."""
    if name.text in layout.always:
        raise IncludedByAll(name.text)


def check_not_waited_for(session: Session, layout: Layout, name: ManifestName) -> None:
    """Raise WaitedFor where a manifest is a site or a build, and Macs wait for it."""
    if macs := _waiting_for(session, layout, name):
        kind, place = _place_of(layout, name) or ("", "")
        raise WaitedFor(place, kind, macs)


def tell_of_removal(
    session: Session, layout: Layout, name: ManifestName, *, by: str, channel: str, at: datetime
) -> None:
    """Tell the channel of a site or a build that `by` removed, and that Macs wait for."""
    if not (macs := _waiting_for(session, layout, name)):
        return
    kind, place = _place_of(layout, name) or ("", "")
    facts = {"by": by, "place": place}
    if kind == ManifestKind.SITE.value:
        sentence = counted(
            "{by} removed the site {place} from the Munki repo, and {number:,} Mac waits for it. "
            "Move them, or put it back.",
            "{by} removed the site {place} from the Munki repo, and {number:,} Macs wait for it. "
            "Move them, or put it back.",
            macs,
            **facts,
        )
    else:
        sentence = counted(
            "{by} removed the build {place} from the Munki repo, and {number:,} Mac waits for it. "
            "Move them, or put it back.",
            "{by} removed the build {place} from the Munki repo, and {number:,} Macs wait for it. "
            "Move them, or put it back.",
            macs,
            **facts,
        )
    outbox.enqueue_trouble(session, channel=channel, sentence=sentence, at=at)


def _waiting_for(session: Session, layout: Layout, name: ManifestName) -> int:
    """Return the number of Macs that wait for the site or build of a manifest; 0 for others."""
    place = _place_of(layout, name)
    if place is None:
        return 0
    column = Registration.site if place[0] == "site" else Registration.build
    waiting = IS_OPEN & (Registration.state != CONFIRMED)
    query = select(func.count()).select_from(Registration)
    return session.scalar(query.where(column == place[1], waiting)) or 0


def _place_of(layout: Layout, name: ManifestName) -> tuple[str, str] | None:
    """Return "site" or "build" and the name, of a manifest that is one of them, else None."""
    kind = layout.kind_of(name.text)
    form = (
        {ManifestKind.SITE: layout.sites, ManifestKind.BUILD: layout.builds}.get(kind)
        if kind
        else None
    )
    readings = form.readings(name.text) if form else ()
    return (str(kind), readings[0].name) if readings else None


def _reason(session: Session, registration: Registration) -> str:
    """The last change of a Mac's place by a person, in words."""
    destination = registration.destination
    events = select(Event).where(Event.registration_id == registration.id, Event.by.is_not(None))
    for event in session.scalars(events.order_by(Event.id.desc()).limit(MAX_EVENTS)):
        if _place(event.after) not in (None, _place(event.before)):
            verb = "moved to" if event.before else "registered for"
            who, day = shown(event.by or ""), f"{event.at:%Y-%m-%d at %H:%M} UTC"
            return f"was {verb} {destination} by {who} on {day}"
    return f"is registered for {destination}"


def _place(state: dict[str, Any] | None) -> tuple[str, str] | None:
    return (state["site"], state["build"]) if state and {"site", "build"} <= state.keys() else None
