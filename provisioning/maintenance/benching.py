"""The opening and ending of benches, by each door, in one transaction, for whoever may."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from infrastructure.database.engine import Transactions
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.maintenance.acts import Actor, Permit, acting
from provisioning.munki import Destination
from provisioning.registrations.models import BENCHED, Operation


@dataclass(frozen=True, slots=True)
class WantedBench:
    """A bench that is to be opened: for the next `number` unknown Macs, within `duration`.

    `takes_named`: Macs whose script names a place are taken too.
    """

    destination: Destination
    number: int
    duration: timedelta
    takes_named: bool = False


def start(
    database: Transactions,
    wanted: WantedBench,
    *,
    actor: Actor,
    permit: Permit,
    channel_of: Callable[[str], str],
    at: datetime,
) -> tuple[Bench, Operation]:
    """Open a bench. Raises NotAllowed, BenchOccupied."""
    site = wanted.destination.site
    permit(site)
    with acting(database, BENCHED, actor, at) as (session, operation):
        bench = benches.start(
            session,
            wanted.destination,
            number=wanted.number,
            takes_named=wanted.takes_named,
            until=at + wanted.duration,
            operation=operation,
            channel=channel_of(site),
        )
        return bench, operation


def end(
    database: Transactions, bench_id: int, *, actor: Actor, permit: Permit, at: datetime
) -> Bench:
    """End a bench before it is full. Raises NotAllowed, BenchEnded."""
    with database.reading() as session:
        site = session.get_one(Bench, bench_id).site
    permit(site)  # Slack may be asked: before the transaction, for which others wait
    with database.begin() as session:
        return benches.end(session, bench_id, by=actor.by, at=at)
