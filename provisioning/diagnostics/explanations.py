"""Explanations of a Mac's destination, name and script, in sentences; reads only.

People are `@` and their ids in Slack, moments are in UTC.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.clients.scripts import ScriptPreview
from provisioning.firstboot import bench as benches
from provisioning.firstboot.models import Bench
from provisioning.firstboot.placement import Reason, Requested, UnknownReason
from provisioning.munki import Destination
from provisioning.policy import Policy
from provisioning.registrations.models import Event, Registration
from provisioning.values.serials import Serial

LOST = (
    "Nobody registered it, and the Munki repo does not have what its script names: it is served "
    "neither a script nor a manifest."
)


def of_place(
    session: Session, known: Registration | None, said: Requested | None, reason: Reason
) -> Iterator[str]:
    """Yield why a Mac that is not unknown goes where it goes; `said` is what its script names."""
    if reason is Reason.SCRIPT:
        yield f"Nobody registered it, so it goes where its script says: {said}."
    elif known is not None and reason is Reason.REGISTERED:
        yield from _registered(session, known, said)
    elif known is not None and reason is Reason.SCRIPT_BEFORE:
        yield (
            "Nobody registered it, and this time its script names no place: it goes where its "
            f"script said before, on {moment(known.created_at)}."
        )


def of_unknown(reason: UnknownReason, bench: Bench | None) -> str:
    """Return what becomes of an unknown Mac, and why; `bench` is the open one."""
    if reason is UnknownReason.TURN_AWAY:
        return (
            "Nobody registered it, and somebody said less than a day ago that it is none of ours: "
            "it is turned away, and the channel is not asked."
        )
    if bench is not None and reason is UnknownReason.TAKE:
        left = benches.missing(bench)
        return (
            f"Nobody registered it, but @{bench.by} has a bench open until {moment(bench.until)} "
            f"for {bench.site}/{bench.build}, with room for {left} more: it takes this Mac."
        )
    return (
        "Nobody registered it and no bench is open: unless its script names a site and a build, "
        "it waits, and the channel is asked where it goes."
    )


def of_name(policy: Policy, to: Destination, known: Registration | None, name: str | None) -> str:
    """Say why a Mac is called as it is."""
    if known is not None and known.called:
        how = "somebody typed that" if known.named_for is None else "a pattern made that"
        return f"It is called {name}: {how}, and it stays."
    pattern = policy.pattern_for(to.site, to.build)
    if pattern is None:
        return "It gets no name: nobody typed one, and the policy has no pattern for it."
    last = "; its number is taken once its script asks for it" if pattern.counts else ""
    return f"It would be called {name} now, by the pattern {pattern.text}{last}."


def of_identifier(
    policy: Policy, serial: Serial, to: Destination, name: str | None
) -> Iterator[str]:
    """Yield by what Munki on a Mac asks for its manifest, where the policy or a name say it."""
    if policy.identifies(to.site, to.build, name):
        yield (
            f"Its script sets Munki's ClientIdentifier to {serial}, unless there is one already: "
            "Munki asks for that manifest, whatever the Mac is called."
        )
    elif name is not None:
        yield "Its script leaves Munki's ClientIdentifier alone, as the policy says."


def of_template(shown: ScriptPreview) -> str:
    """Say why a script is made of that template."""
    if len(shown.tried) == 1:
        return f"Its script is made of {shown.template}: nothing says yet where it goes."
    return (
        f"Its script is made of {shown.template}, the first there is of "
        f"{', '.join(shown.tried)}; a workflow that names no site and no build is served "
        f"{shown.tried[-1]} instead."
    )


def moment(at: datetime) -> str:
    """A moment as people read it in a text."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _registered(session: Session, known: Registration, said: Requested | None) -> Iterator[str]:
    to = Destination(known.site, known.build)
    where = f" for {to}"
    moves = select(Event).where(Event.registration_id == known.id, Event.what == "moved")
    moved = session.scalars(moves.order_by(Event.id.desc())).first()
    if moved is not None and moved.by and _is_to(moved, to):
        yield f"@{moved.by} moved it to {to} on {moment(moved.at)}."
        where = ""
    yield f"@{known.registered_by} registered it{where} on {moment(known.created_at)}."
    if said is not None and not said.means(to):
        yield f"Its script says {said}; what was registered beats that."


def _is_to(moved: Event, to: Destination) -> bool:
    after = moved.after or {}
    return (after.get("site"), after.get("build")) == (to.site, to.build)
