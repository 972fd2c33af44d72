"""Prestaging: jobs that write manifests before their Macs boot, at sites that do not use Imagr."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from infrastructure.jobs import queue
from provisioning.policy import Policy
from provisioning.registrations.models import WAITING, Event, Registration

PRESTAGE = "prestage"  # the kind of job
MACS_PER_JOB = 200  # some seconds, so that its lease does not run out
_REIMAGED = "reimaged"  # these wait for a first boot all the same


def enqueue(session: Session, policy: Policy, now: datetime) -> None:
    """Enqueue a job for the Macs that wait at sites with `prestage`, unless one is pending."""
    if not any(site.prestage for site in policy.sites.values()):
        return
    if queue.is_any(session, PRESTAGE):
        return
    keys = _waiting(session, policy)
    if keys:
        queue.enqueue(session, PRESTAGE, {"serials": keys}, at=now)


def _waiting(session: Session, policy: Policy) -> list[str]:
    """The serials of Macs to prestage, oldest registration first."""
    waiting = select(Registration.site).where(Registration.state == WAITING).distinct()
    sites = [site for site in session.scalars(waiting) if policy.site(site).prestage]
    last = (
        select(func.max(Event.id))
        .where(Event.registration_id == Registration.id)
        .correlate(Registration)
        .scalar_subquery()
    )
    reimaged = exists().where(Event.id == last, Event.what == _REIMAGED)
    macs = (
        select(Registration.serial)
        .where(Registration.state == WAITING, Registration.site.in_(sites), ~reimaged)
        .order_by(Registration.id)
        .limit(MACS_PER_JOB)
    )
    return list(session.scalars(macs))
