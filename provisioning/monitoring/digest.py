"""A daily digest of Macs that need attention."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnExpressionArgument, func, select, union
from sqlalchemy.orm import Session

from infrastructure.jobs import schedule
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.drift.drifts import OPEN
from provisioning.monitoring.drift.models import Drift
from provisioning.outbox import outbox
from provisioning.outbox.models import DIGEST, Card
from provisioning.policy import Policy
from provisioning.registrations.models import FAILED, WAITING, Registration
from provisioning.values.language import marked

DAY = timedelta(days=1)
MAX_DELAY = timedelta(hours=12)  # after its time; a later one would soon be followed by the next
MAX_NAMED = 10  # Macs of one part


@dataclass(frozen=True, slots=True)
class DigestPart:
    """Macs of one kind: the number of them, and the first few."""

    total: int
    first: Sequence[Registration]


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of Macs that need attention.

    `failed` and `stalled` Macs, those `waiting` for more than a day, those whose manifests have
    `drifted`, and the first of the `unknown_macs` that booted in the last day without a
    registration, of which there are `unknown`.
    """

    failed: DigestPart
    stalled: DigestPart
    waiting: DigestPart
    drifted: DigestPart
    unknown_macs: Sequence[UnknownMac]
    unknown: int

    @property
    def parts(self) -> Sequence[tuple[DigestPart, str]]:
        """The parts of registered Macs, each with its state in English: a text for `_`."""
        return (
            (self.failed, marked("failed")),
            (self.stalled, marked("stalled")),
            (self.waiting, marked("never booted")),
            (self.drifted, marked("with another manifest")),
        )

    def __bool__(self) -> bool:
        return bool(self.unknown) or any(part.total for part, _state in self.parts)


def gather(
    session: Session,
    at: datetime,
    *,
    sites: Collection[str] | None = None,
    channel: str | None = None,
) -> Digest:
    """Return the digest at `at`, of these sites, and of unknown Macs whose cards are in `channel`.

    None means all. Reads only.
    """
    at_sites = [] if sites is None else [Registration.site.in_(sites)]
    failed, stalled, waiting, drifted = (
        _part(session, condition, *at_sites) for condition in _conditions(at)
    )
    shown_in_channel = [] if channel is None else [Card.channel == channel]
    recent = (UnknownMac.settled_at.is_(None), UnknownMac.last_at > at - DAY, *shown_in_channel)
    unknown_macs = select(UnknownMac).join(Card).where(*recent).order_by(UnknownMac.last_at.desc())
    unknown = select(func.count(UnknownMac.id)).join(Card).where(*recent)
    return Digest(
        failed,
        stalled,
        waiting,
        drifted,
        list(session.scalars(unknown_macs.limit(MAX_NAMED))),
        session.scalar(unknown) or 0,
    )


def enqueue_daily(
    session: Session, policy: Policy, *, channel: str, command: str, now: datetime
) -> None:
    """Enqueue the digest of each channel where one is due and no job runner has enqueued it yet.

    `channel` is for sites that name none, `command` is Slack's slash command. An empty digest is
    not sent.
    """
    last = schedule.lock_last_run(session, "digest", now)
    due = policy.digest_due(last, now)
    if not due:
        return
    schedule.note(session, "digest", due[-1])
    if now - due[-1] > MAX_DELAY:
        return
    by_channel = _sites_by_channel(session, now, lambda site: policy.channel_for(site, channel))
    for place in sorted({*by_channel, *_channels_of_strangers(session, now)}):
        outbox.enqueue_message(
            session,
            DIGEST,
            channel=place,
            payload={
                "sites": sorted(by_channel.get(place, ())),
                "command": command,
                "form": policy.munki.layout.kinds.form,
            },
            at=now,
            dedup_key=f"digest {due[-1]:%Y-%m-%dT%H:%M} {place}",
        )


def _conditions(at: datetime) -> Sequence[ColumnExpressionArgument[bool]]:
    return (
        Registration.state == FAILED,
        Registration.is_stalled,
        (Registration.state == WAITING) & (Registration.changed_at < at - DAY),
        Registration.id.in_(select(Drift.registration_id).where(OPEN)),
    )


def _part(session: Session, *conditions: ColumnExpressionArgument[bool]) -> DigestPart:
    """The Macs that meet all conditions, the longest unchanged first."""
    first = select(Registration).where(*conditions).order_by(Registration.changed_at)
    total = select(func.count()).select_from(Registration).where(*conditions)
    return DigestPart(session.scalar(total) or 0, list(session.scalars(first.limit(MAX_NAMED))))


def _sites_by_channel(
    session: Session, at: datetime, channel_of: Callable[[str], str]
) -> dict[str, list[str]]:
    sites = union(*(select(Registration.site).where(each) for each in _conditions(at)))
    by_channel: dict[str, list[str]] = defaultdict(list)
    for site in session.scalars(sites):
        by_channel[channel_of(site)].append(site)
    return by_channel


def _channels_of_strangers(session: Session, at: datetime) -> Collection[str]:
    recent = UnknownMac.settled_at.is_(None) & (UnknownMac.last_at > at - DAY)
    return set(session.scalars(select(Card.channel).join(UnknownMac).where(recent)))
