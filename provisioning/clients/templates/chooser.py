"""A chooser of templates: the most specific one that there is for a destination."""

from collections.abc import Collection

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.munki import Destination


def candidates(destination: Destination, suffix: str) -> tuple[str, ...]:
    """Return the names of the templates that a destination may have, the most specific first.

    Each ends in `suffix`; the last one is the base, which is for all.
    """
    site, build = destination.site, destination.build
    base = f"base{suffix}"
    if destination == WHERE_REGISTERED:
        return (base,)
    return (
        f"sites/{site}/{build}{suffix}",
        f"builds/{build}{suffix}",
        f"sites/{site}{suffix}",
        base,
    )


def choose(destination: Destination, suffix: str, present: Collection[str]) -> str:
    """Return the name of the most specific template that is `present`, or else of the base."""
    names = candidates(destination, suffix)
    return next((name for name in names if name in present), names[-1])
