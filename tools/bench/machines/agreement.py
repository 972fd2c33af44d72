"""A comparison of manifests, registrations and the outbox, which have to tell the same story."""

import plistlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provisioning.outbox.models import CONFIRMATION, Notification
from provisioning.registrations.models import IS_OPEN, Event, Registration
from tests.support.inputs.manifests import includes_of
from tests.support.installation import Installation
from tools.bench.contenders import contenders
from tools.bench.harness.table import Row


def row(ours: Installation) -> Row:
    """Compare all of it, once no process writes any more."""
    with contenders.database(ours) as database, database.reading() as session:
        macs = session.scalars(select(Registration).where(IS_OPEN)).all()
        confirmed, owed = _confirmed(session), _owed(session)
    agreeing = sum(_leads_there(ours, mac) for mac in macs)
    return Row(
        "after that: files, registrations, outbox",
        f"{agreeing} of {len(macs)} manifests lead where the registration says",
        "the same",
        agreeing == len(macs) > 0 and confirmed == owed,
        beside=f"{confirmed:,} confirmations recorded, {owed:,} owed to Slack",
    )


def _confirmed(session: Session) -> int:
    query = select(func.count()).select_from(Event).where(Event.what == "confirmed")
    return session.scalar(query) or 0


def _owed(session: Session) -> int:
    query = select(func.count()).select_from(Notification)
    return session.scalar(query.where(Notification.kind == CONFIRMATION)) or 0


def _leads_there(ours: Installation, mac: Registration) -> bool:
    manifest = plistlib.loads(ours.manifest(mac.name).read_bytes())
    includes: list[str] = manifest["included_manifests"]
    return includes == includes_of(mac.destination)
