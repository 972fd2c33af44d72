"""Explanations of a Mac's destination, name and script, in sentences; reads only.

People are `@` and their ids in Slack, moments are in UTC.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.text import Sentence, minute
from provisioning.clients.scripts import ScriptPreview
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.firstboot.placement import DestinationSource, Requested
from provisioning.munki import Destination
from provisioning.munki.layout import Layout
from provisioning.policy import Policy
from provisioning.registrations.models import ADOPTED, Event, Registration
from provisioning.values.kinds import Kinds
from provisioning.values.outsiders import shown
from provisioning.values.serials import Serial
from provisioning.values.slack import is_user_id

LOST = Sentence(
    "Nobody registered it, and the Munki repo does not have what its script names: it is served "
    "neither a script nor a manifest."
)
UNWANTED = Sentence(
    "Nobody registered it, and somebody said less than a day ago that it is none of ours: it is "
    "turned away, and the channel is not asked."
)


def of_place(
    session: Session,
    current: Registration | None,
    requested: Requested | None,
    source: DestinationSource,
) -> Iterator[str]:
    """Yield the reasons for the destination of a Mac; `requested` is the one its script names."""
    if source is DestinationSource.SCRIPT:
        yield Sentence(
            "Nobody registered it, so it goes where its script says: {place}.", place=str(requested)
        )
    elif current is not None and source is DestinationSource.REGISTERED:
        yield from _registered(session, current, requested)
    elif current is not None and source is DestinationSource.SCRIPT_BEFORE:
        yield (
            Sentence(
                "Nobody registered it, and this time its script names no place: it goes where "
                "its script said before, on {moment}.",
                moment=minute(current.created_at),
            )
        )


def of_unknown(bench: Bench | None, kinds: Kinds) -> str:
    """Return what becomes of an unknown Mac, with the reason; `bench` is the open one."""
    if bench is not None:
        left = benches.missing(bench)
        return Sentence(
            "Nobody registered it, but {by} has a bench open until {moment} for {place}, "
            "with room for {left} more: it takes this Mac.",
            by=_author(bench.by),
            moment=minute(bench.until),
            place=str(Destination(bench.site, bench.build)),
            left=left,
        )
    return Sentence(
        "Nobody registered it and no bench is open: unless its script names {kinds}, it waits, "
        "and the channel is asked where it goes.",
        kinds=kinds.in_words("a"),
    )


def of_name(
    policy: Policy, destination: Destination, current: Registration | None, name: str | None
) -> str:
    """Return the reason for the name of a Mac."""
    if current is not None and current.called:
        reason = (
            Sentence("somebody typed that")
            if current.named_for is None
            else Sentence("a pattern made that")
        )
        return Sentence("It is called {name}: {reason}, and it stays.", name=name, reason=reason)
    pattern = policy.pattern_for(destination.site, destination.build)
    if pattern is None:
        return Sentence("It gets no name: nobody typed one, and the policy has no pattern for it.")
    facts = {"name": name, "pattern": pattern.text}
    if pattern.counts:
        return Sentence(
            "It would be called {name} now, by the pattern {pattern}; its number is taken once "
            "its script asks for it.",
            **facts,
        )
    return Sentence("It would be called {name} now, by the pattern {pattern}.", **facts)


def of_identifier(
    policy: Policy, layout: Layout, serial: Serial, destination: Destination, name: str | None
) -> Iterator[str]:
    """Yield the name by which Munki on a Mac asks for its manifest, and the reason for it."""
    if layout.macs:
        manifest = layout.manifest_of(serial.text)
        yield (
            Sentence(
                "Its script sets Munki's ClientIdentifier to {manifest}, unless there is one "
                "already: Munki finds that manifest by its ClientIdentifier alone, and falls "
                "back to nothing.",
                manifest=manifest,
            )
        )
    elif policy.identifies(destination.site, destination.build, name):
        yield (
            Sentence(
                "Its script sets Munki's ClientIdentifier to {serial}, unless there is one "
                "already: Munki asks for that manifest, whatever the Mac is called.",
                serial=serial,
            )
        )
    elif name is not None:
        yield Sentence("Its script leaves Munki's ClientIdentifier alone, as the policy says.")


def of_template(script: ScriptPreview, kinds: Kinds) -> str:
    """Return the reason why a script is made of that template."""
    if len(script.tried) == 1:
        return Sentence(
            "Its script is made of {template}: nothing says yet where it goes.",
            template=script.template,
        )
    return Sentence(
        "Its script is made of {template}, the first there is of {names}; a workflow that names "
        "{kinds} is served {other} instead.",
        template=script.template,
        names=", ".join(script.tried),
        kinds=kinds.in_words("no"),
        other=script.tried[-1],
    )


def _registered(
    session: Session, current: Registration, requested: Requested | None
) -> Iterator[str]:
    destination = current.destination
    has_moved = False
    moves = select(Event).where(Event.registration_id == current.id, Event.what == "moved")
    moved = session.scalars(moves.order_by(Event.id.desc())).first()
    if moved is not None and moved.by and _is_to(moved, destination):
        yield Sentence(
            "{by} moved it to {destination} on {moment}.",
            by=_author(moved.by),
            destination=str(destination),
            moment=minute(moved.at),
        )
        has_moved = True
    yield _origin(current, None if has_moved else destination)
    if requested is not None and not requested.means(destination):
        yield Sentence(
            "Its script says {place}; what was registered beats that.", place=str(requested)
        )


def _author(by: str) -> str:
    """A person in Slack as `NAMED_PERSON` finds them; another one, or a program, by the name."""
    return f"@{by}" if is_user_id(by) else shown(by)


def _origin(current: Registration, destination: Destination | None) -> Sentence:
    """Return the sentence about a Mac's registration; None where another one has said it."""
    facts = {
        "by": _author(current.registered_by or ""),
        "moment": minute(current.created_at),
        "place": str(destination),
    }
    if current.registered_by == ADOPTED:
        if destination is None:
            return Sentence("It was adopted on {moment}.", **facts)
        return Sentence("It was adopted for {place} on {moment}.", **facts)
    if destination is None:
        return Sentence("{by} registered it on {moment}.", **facts)
    return Sentence("{by} registered it for {place} on {moment}.", **facts)


def _is_to(moved: Event, destination: Destination) -> bool:
    after = moved.after or {}
    return (after.get("site"), after.get("build")) == (destination.site, destination.build)
