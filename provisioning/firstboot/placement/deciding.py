"""The decision about the destination of a Mac."""

from dataclasses import replace

from sqlalchemy.orm import Session

from provisioning.access.tokens import TokenGrant
from provisioning.firstboot.placement.facts import (
    CurrentRegistration,
    DestinationSource,
    PlacedMac,
    Placement,
    Requested,
)
from provisioning.firstboot.placement.lookup import look_up
from provisioning.munki import RepoView
from provisioning.munki.layout import kept, renaming
from provisioning.registrations.errors import NotRegistered
from provisioning.values.serials import PlaceholderSerial, Serial


def decide(registration: CurrentRegistration | None, requested: Requested | None) -> Placement:
    """Decide a Mac's destination: a person's registration beats the request of the Mac's script.

    `requested` is the site and the build that the script names, None where it names none.
    """
    if registration is not None and registration.registered_by is not None:
        return Placement(DestinationSource.REGISTERED, registration.destination)
    if requested is not None:
        return Placement(DestinationSource.SCRIPT, requested.destination)
    if registration is not None:
        return Placement(DestinationSource.SCRIPT_BEFORE, registration.destination)
    return Placement(DestinationSource.UNKNOWN, None)


def place(
    session: Session,
    repo: RepoView,
    serial: Serial,
    requested: Requested | None,
    grant: TokenGrant | None = None,
) -> PlacedMac:
    """Return a Mac with the destination that `decide` gives it; reads only.

    `grant` holds the rights of the token of its script. Raises InvalidToken where it is not valid
    for this Mac, PlaceholderSerial for a serial that many Macs have unless a person registered it,
    NotRegistered where the Mac is UNKNOWN, UnknownSite or UnknownBuild where only
    the script names a destination and the repo does not have it, OtherSite where its caller may
    not send it there, LayoutChanged where its registration would lead elsewhere by this layout.
    """
    serial, registration = look_up(session, serial)
    named = requested.within(repo.layout) if requested is not None else None
    placement = decide(registration, named)
    check_placeholder(serial, placement)
    if grant is not None:
        key, at = (registration.id, registration.confirmed_at) if registration else (None, None)
        grant.check(serial, key, at)
    destination = placement.destination
    if destination is None:
        raise NotRegistered(serial.text)
    if placement.source is DestinationSource.SCRIPT:  # a registered Mac's call reads no repo
        destination = repo.exact_destination(destination.site, destination.build)
    else:
        check_layout(session, repo, registration)
    if requested is not None:
        requested.check_site(serial, destination)
    if destination.layout is not repo.layout:
        destination = replace(destination, layout=repo.layout)
    return PlacedMac(serial, destination, named, registration)


def check_placeholder(serial: Serial, placement: Placement) -> None:
    """Raise PlaceholderSerial for a serial that many Macs have, unless a person registered it."""
    if placement.source is not DestinationSource.REGISTERED and serial.is_placeholder:
        raise PlaceholderSerial(serial.text)


def check_layout(
    session: Session, repo: RepoView, registration: CurrentRegistration | None
) -> None:
    """Raise LayoutChanged where a registration would lead elsewhere by the layout of the repo."""
    if registration is None or registration.layout == repo.layout.key:
        return
    before, destination = kept.find(session, registration.layout), registration.destination
    renaming.check(before, repo.layout, destination.site, destination.build)
