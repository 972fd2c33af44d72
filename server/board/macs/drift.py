"""The drift of one Mac's manifest on its page, in words, with the acts that settle it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioning.monitoring.drift import drifts
from provisioning.monitoring.drift.examination import Change, Found
from provisioning.monitoring.drift.models import PUT_BACK, Drift
from provisioning.registrations.models import Registration
from provisioning.values.language import _, capitalized, commas, hour, worded
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import why_not
from server.board.words import Offer

MOST_ENTRIES = 20  # of a manifest


@dataclass(frozen=True, slots=True)
class ShownDrift:
    """An open drift as its part of a Mac's page: a `fact`, what differs, and what can be done.

    `there` tells this difference from others. Without `offers` it is being put back.
    """

    number: int
    there: str
    fact: str
    points: Sequence[str]
    offers: Sequence[tuple[Offer, str]]


def people_of(drift: Drift | None) -> list[str]:
    """Return the people whom the part of a page names."""
    if drift is None:
        return []
    change = drifts.found_in(drift).change
    return [user for user in (drift.answered_by, change and change.by) if user]


def shown(drift: Drift, mac: Registration, visitor: Visitor, names: words.Names) -> ShownDrift:
    """Return the part of a page about an open drift."""
    found = drifts.found_in(drift)
    points = [*_details(found, mac), *_changed(found.change, names)]
    offers = []
    if drift.answer == PUT_BACK:
        by = words.person(drift.answered_by, names)
        points.append(_("{person} is having it put back.", person=by))
    else:
        offers = [_putting_back(mac, visitor), _taking_over(found, mac, visitor)]
    return ShownDrift(drift.id, found.difference.digest, _fact(found, mac), points, offers)


def _fact(found: Found, mac: Registration) -> str:
    leads_to = found.difference.place
    if found.difference.gone:
        return capitalized(_("its manifest is gone."))
    if leads_to and leads_to != (mac.site, mac.build):
        return capitalized(_("its manifest leads to {place}.", place=words.place(*leads_to)))
    return capitalized(_("its manifest is not as Rollcall wrote it."))


def _details(found: Found, mac: Registration) -> Iterator[str]:
    """Yield what is missing and what is there besides, where the fact does not say it."""
    difference = found.difference
    if difference.place in (None, (mac.site, mac.build)):
        if difference.missing:
            yield _("It lacks {names}.", names=_entries(difference.missing))
        if difference.other:
            yield _("It also includes {names}.", names=_entries(difference.other))
    if difference.catalogs is not None:
        before = (mac.includes or {}).get("catalogs") or ()
        now = _entries(difference.catalogs) if difference.catalogs else _("none")
        yield _("Its catalogs are {names}, and were {before}.", names=now, before=_entries(before))


def _entries(entries: Sequence[str]) -> str:
    named, more = commas(entries[:MOST_ENTRIES]), len(entries) - MOST_ENTRIES
    return _("{names} and {number} more", names=named, number=more) if more > 0 else named


def _changed(change: Change | None, names: words.Names) -> Iterator[str]:
    if change is not None:
        facts = {"way": f" ({change.via})" if change.via else "", "moment": hour(change.at)}
        if change.by:
            person = words.person(change.by, names)
            yield _("Changed by {person}{way} {moment}.", person=person, **facts)
        else:
            yield _("Changed{way} {moment}.", **facts)


def _putting_back(mac: Registration, visitor: Visitor) -> tuple[Offer, str]:
    meaning = _(
        "Rollcall's own entries and the catalogs go back to what they were; all else in the "
        "manifest stays."
    )
    return Offer("put-back", _("Put back"), why_not(visitor.permit, mac.site)), meaning


def _taking_over(found: Found, mac: Registration, visitor: Visitor) -> tuple[Offer, str]:
    site, build = found.difference.place or (mac.site, mac.build)
    meaning = capitalized(_("it becomes registered for {place}.", place=words.place(site, build)))
    reason = why_not(visitor.permit, mac.site, site)
    if found.refusal is not None:
        reason = _(
            "The registration cannot be changed to match: {reason}.", reason=worded(found.refusal)
        )
    return Offer("take-over", _("Take over"), reason), meaning
