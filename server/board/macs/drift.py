"""The drift of one Mac's manifest on its page, in words, with the acts that settle it."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.maintenance.acts.words import source
from provisioning.monitoring.drift import drifts
from provisioning.monitoring.drift import words as drift_words
from provisioning.monitoring.drift.examination import DriftFacts
from provisioning.monitoring.drift.models import PUT_BACK, Drift
from provisioning.registrations.models import Registration
from provisioning.values.language import _, capitalized, commas, hour, worded
from server.auth.browsers import Visitor
from server.board import words
from server.board.pages import why_not
from server.board.words import Offer

MAX_ENTRIES = 20  # of a manifest


@dataclass(frozen=True, slots=True)
class ShownDrift:
    """An open drift on a Mac's page: a `fact`, the differences as `points`, and the possible acts.

    `there` is the digest of the difference. Without `offers` it is being put back.
    """

    number: int
    there: str
    fact: str
    points: Sequence[str]
    offers: Sequence[tuple[Offer, str]]


def people_of(drift: Drift | None) -> list[str | None]:
    """Return the people whom the part of a page names."""
    if drift is None:
        return []
    change = drifts.facts_of(drift).change
    return [drift.answered_by, change.by if change else None]


def shown(drift: Drift, mac: Registration, visitor: Visitor, names: words.Names) -> ShownDrift:
    """Return the part of a page about an open drift."""
    facts = drifts.facts_of(drift)
    points = list(drift_words.details(facts, mac, _entries))
    if change := facts.change:
        by = words.person(change.by, names) if change.by else ""
        points.append(drift_words.changed(by, source(change.via), hour(change.at)))
    offers = []
    if drift.answer == PUT_BACK:
        by = words.person(drift.answered_by, names)
        points.append(_("{person} is having it put back.", person=by))
    else:
        offers = [_putting_back(mac, visitor), _taking_over(facts, mac, visitor)]
    return ShownDrift(drift.id, facts.difference.digest, _fact(facts, mac), points, offers)


def _fact(facts: DriftFacts, mac: Registration) -> str:
    if facts.difference.gone:
        return capitalized(_("its manifest is gone."))
    if there := facts.difference.elsewhere(mac.destination):
        place = words.place(there.site, there.build)
        return capitalized(_("its manifest leads to {place}.", place=place))
    return capitalized(_("its manifest is not as Rollcall wrote it."))


def _entries(entries: Sequence[str]) -> str:
    named, more = commas(entries[:MAX_ENTRIES]), len(entries) - MAX_ENTRIES
    return _("{names} and {number} more", names=named, number=more) if more > 0 else named


def _putting_back(mac: Registration, visitor: Visitor) -> tuple[Offer, str]:
    return Offer("put-back", _("Put back"), why_not(visitor.permit, mac.site)), _(
        drift_words.PUTTING_BACK
    )


def _taking_over(facts: DriftFacts, mac: Registration, visitor: Visitor) -> tuple[Offer, str]:
    there = facts.difference.elsewhere(mac.destination)
    if there is None:
        meaning = _(drift_words.KEEPING)
    else:
        place = words.place(there.site, there.build)
        meaning = _("it becomes registered for {place}.", place=place)
    reason = why_not(visitor.permit, mac.site, there.site if there else mac.site)
    if facts.refusal is not None:
        reason = _(
            "The registration cannot be changed to match: {reason}.", reason=worded(facts.refusal)
        )
    return Offer("take-over", _("Take over"), reason), capitalized(meaning)
