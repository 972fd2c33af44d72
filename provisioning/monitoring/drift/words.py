"""The words for drifts that Slack and the board share; each gives them its own markup."""

from collections.abc import Callable, Iterator, Sequence

from provisioning.monitoring.drift.examination import DriftFacts
from provisioning.registrations.models import Registration
from provisioning.values.language import _, aside, marked

# The effect of putting a manifest back: a text for `_`.
PUTTING_BACK = marked(
    "Rollcall's own entries and the catalogs go back to what they were; all else in the "
    "manifest stays."
)
# That of taking over a manifest that leads where its Mac is registered for.
KEEPING = marked("the manifest stays as it is, and Rollcall goes by it from now on.")


def details(
    facts: DriftFacts, mac: Registration, listed: Callable[[Sequence[str]], str]
) -> Iterator[str]:
    """Yield sentences about missing and further entries, unless the manifest leads elsewhere.

    And about other catalogs. `listed` writes a list of names.
    """
    difference = facts.difference
    if difference.elsewhere(mac.destination) is None:
        if difference.missing:
            yield _("It lacks {names}.", names=listed(difference.missing))
        if difference.other:
            yield _("It also includes {names}.", names=listed(difference.other))
    if difference.catalogs is not None:
        before = (mac.includes or {}).get("catalogs") or ()
        now = listed(difference.catalogs) if difference.catalogs else _("none")
        yield _("Its catalogs are {names}, and were {before}.", names=now, before=listed(before))


def changed(person: str, via: str, moment: str) -> str:
    """Return the sentence about the last change of a manifest; `person` may be empty."""
    if person:
        named = aside(person, via) if via else person
        return _("Changed by {person} {moment}.", person=named, moment=moment)
    return _("Changed {moment}.", moment=aside(moment, via) if via else moment)
