"""Explanations of a Mac's destination, name and script, in sentences; reads only.

People are `@` and their ids in Slack, moments are in UTC.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.clients.scripts import ScriptPreview
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.firstboot.placement import DestinationSource, Requested
from provisioning.firstboot.unknown import UnknownMacDecision
from provisioning.munki import Destination
from provisioning.munki.layout import Layout
from provisioning.policy import Policy
from provisioning.registrations.models import ADOPTED, Event, Registration
from provisioning.values.kinds import Kinds
from provisioning.values.serials import Serial

LOST = (
    "Nobody registered it, and the Munki repo does not have what its script names: it is served "
    "neither a script nor a manifest."
)


def of_place(
    session: Session,
    current: Registration | None,
    requested: Requested | None,
    source: DestinationSource,
) -> Iterator[str]:
    """Yield the reasons for the destination of a Mac; `requested` is the one its script names."""
    if source is DestinationSource.SCRIPT:
        yield f"Nobody registered it, so it goes where its script says: {requested}."
    elif current is not None and source is DestinationSource.REGISTERED:
        yield from _registered(session, current, requested)
    elif current is not None and source is DestinationSource.SCRIPT_BEFORE:
        yield (
            "Nobody registered it, and this time its script names no place: it goes where its "
            f"script said before, on {moment(current.created_at)}."
        )


def of_unknown(decision: UnknownMacDecision, bench: Bench | None, kinds: Kinds) -> str:
    """Return the decision about an unknown Mac with its reason; `bench` is the open one."""
    if decision is UnknownMacDecision.TURN_AWAY:
        return (
            "Nobody registered it, and somebody said less than a day ago that it is none of ours: "
            "it is turned away, and the channel is not asked."
        )
    if bench is not None and decision is UnknownMacDecision.TAKE:
        left = benches.missing(bench)
        return (
            f"Nobody registered it, but @{bench.by} has a bench open until {moment(bench.until)} "
            f"for {Destination(bench.site, bench.build)}, with room for {left} more: it takes "
            "this Mac."
        )
    return (
        "Nobody registered it and no bench is open: unless its script names "
        f"{kinds.in_words('a')}, it waits, and the channel is asked where it goes."
    )


def of_name(
    policy: Policy, destination: Destination, current: Registration | None, name: str | None
) -> str:
    """Return the reason for the name of a Mac."""
    if current is not None and current.called:
        reason = "somebody typed that" if current.named_for is None else "a pattern made that"
        return f"It is called {name}: {reason}, and it stays."
    pattern = policy.pattern_for(destination.site, destination.build)
    if pattern is None:
        return "It gets no name: nobody typed one, and the policy has no pattern for it."
    last = "; its number is taken once its script asks for it" if pattern.counts else ""
    return f"It would be called {name} now, by the pattern {pattern.text}{last}."


def of_identifier(
    policy: Policy, layout: Layout, serial: Serial, destination: Destination, name: str | None
) -> Iterator[str]:
    """Yield by what Munki on a Mac asks for its manifest, where layout, policy or name say it."""
    if layout.macs:
        manifest = layout.manifest_of(serial.text)
        yield (
            f"Its script sets Munki's ClientIdentifier to {manifest}, unless there is one already: "
            "Munki finds that manifest by its ClientIdentifier alone, and falls back to nothing."
        )
    elif policy.identifies(destination.site, destination.build, name):
        yield (
            f"Its script sets Munki's ClientIdentifier to {serial}, unless there is one already: "
            "Munki asks for that manifest, whatever the Mac is called."
        )
    elif name is not None:
        yield "Its script leaves Munki's ClientIdentifier alone, as the policy says."


def of_template(script: ScriptPreview, kinds: Kinds) -> str:
    """Return the reason why a script is made of that template."""
    if len(script.tried) == 1:
        return f"Its script is made of {script.template}: nothing says yet where it goes."
    return (
        f"Its script is made of {script.template}, the first there is of "
        f"{', '.join(script.tried)}; a workflow that names {kinds.in_words('no')} is "
        f"served {script.tried[-1]} instead."
    )


def moment(at: datetime) -> str:
    """A moment as people read it in a text."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _registered(
    session: Session, current: Registration, requested: Requested | None
) -> Iterator[str]:
    destination = Destination(current.site, current.build)
    where = f" for {destination}"
    moves = select(Event).where(Event.registration_id == current.id, Event.what == "moved")
    moved = session.scalars(moves.order_by(Event.id.desc())).first()
    if moved is not None and moved.by and _is_to(moved, destination):
        yield f"@{moved.by} moved it to {destination} on {moment(moved.at)}."
        where = ""
    origin = f"@{current.registered_by} registered it"
    if current.registered_by == ADOPTED:
        origin = "It was adopted"
    yield f"{origin}{where} on {moment(current.created_at)}."
    if requested is not None and not requested.means(destination):
        yield f"Its script says {requested}; what was registered beats that."


def _is_to(moved: Event, destination: Destination) -> bool:
    after = moved.after or {}
    return (after.get("site"), after.get("build")) == (destination.site, destination.build)
