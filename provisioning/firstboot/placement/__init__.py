"""Placement: the decision about the destination of a Mac that calls, and its application."""

from provisioning.firstboot.placement.deciding import check_layout, check_placeholder, decide, place
from provisioning.firstboot.placement.facts import (
    CurrentRegistration,
    DestinationSource,
    PlacedMac,
    Placement,
    Requested,
)
from provisioning.firstboot.placement.lookup import look_up
from provisioning.firstboot.placement.unregistered import place_unknown, take_named

__all__ = [
    "CurrentRegistration",
    "DestinationSource",
    "PlacedMac",
    "Placement",
    "Requested",
    "check_layout",
    "check_placeholder",
    "decide",
    "look_up",
    "place",
    "place_unknown",
    "take_named",
]
