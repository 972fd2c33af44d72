"""Server processes that write down the same Macs at the same moment, in different orders."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.firstboot import bench
from provisioning.munki import Destination
from provisioning.registrations import operations, register
from provisioning.registrations.models import BENCHED, Operation, Registration
from provisioning.values.serials import parse_all
from tests.support.acting import did

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def saying(*serials: str, meeting: Barrier) -> Callable[[Session], int]:
    """Work that changes Macs, one after the other; the others begin before it goes on."""
    left = [True]

    def work(session: Session) -> int:
        for serial in serials:
            mac = update(Registration).where(Registration.serial == serial)
            session.execute(mac.values(step=Registration.step + serials[0]))
            if left:
                left.clear()
                meeting.wait(timeout=10)
        return len(serials)

    return work


def test_neither_of_two_servers_loses_what_its_macs_said(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as one, closing(Database(postgresql_url)) as other:
        with one.begin() as session:
            act = did(session, "registered", by="U0ALICE", at=NOON)
            wanted = parse_all(["C02AAA", "C02BBB"])
            to = Destination("london", "design")
            register.register(session, wanted, to, operation=act, channel="C1")
            session.execute(update(Registration).values(step="said by "))
        meeting, said = Barrier(2), []
        orders = {one: ("C02AAA", "C02BBB"), other: ("C02BBB", "C02AAA")}
        threads = [
            Thread(target=lambda d=d, o=o: said.append(d.together(saying(*o, meeting=meeting))))
            for d, o in orders.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert said == [2, 2]


def test_a_bench_is_undone_while_it_takes_a_mac(postgresql_url: str) -> None:
    """What is recorded of the Mac refers to the bench's act, which the undo holds."""
    to = Destination("london", "design")
    with closing(Database(postgresql_url)) as one, closing(Database(postgresql_url)) as other:
        with one.begin() as session:
            act = did(session, BENCHED, by="U0ALICE", at=NOON).id
            until = NOON + timedelta(hours=1)
            held = session.get_one(Operation, act)
            bench.start(session, to, number=2, until=until, operation=held, channel="C1")
        with other.begin() as taking, one.begin() as undoing:
            register.register(
                taking,
                parse_all(["C02AAA"]),
                to,
                operation=taking.get_one(Operation, act),
                channel="C1",
            )
            undoing.execute(text("SET LOCAL lock_timeout = '2s'"))

            by_bob = did(undoing, "undone", by="U0BOB", at=NOON)
            undone = bench.undo(undoing, operations.begin_undo(undoing, act, by_bob), by_bob)

        assert undone.act.id == act
