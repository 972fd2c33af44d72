"""The opening and ending of benches, with checks of rights, each in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.maintenance.acts.actors import Principal, acting
from provisioning.munki import Destination
from provisioning.registrations.models import BENCHED, Operation


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """A bench that is to be opened: for the next `number` unknown Macs, within `duration`.

    `takes_named`: Macs whose script names a place are taken too.
    """

    destination: Destination
    number: int
    duration: timedelta
    takes_named: bool = False


def start(
    request: BenchRequest, principal: Principal, *, channel_of: Callable[[str], str]
) -> tuple[Bench, Operation]:
    """Open a bench. Raises NotAllowed, BenchOccupied."""
    site = request.destination.site
    principal.permit(site)
    with acting(BENCHED, principal) as (session, operation):
        bench = benches.start(
            session,
            request.destination,
            number=request.number,
            takes_named=request.takes_named,
            until=principal.at + request.duration,
            operation=operation,
            channel=channel_of(site),
        )
        return bench, operation


def end(bench_id: int, principal: Principal) -> Bench:
    """End a bench before it is full. Raises NotAllowed, BenchEnded."""
    with principal.database.reading() as session:
        site = session.get_one(Bench, bench_id).site
    principal.permit(site)  # Slack may be asked: before the transaction, for which others wait
    with principal.database.begin() as session:
        return benches.end(session, bench_id, by=principal.actor.by, at=principal.at)
