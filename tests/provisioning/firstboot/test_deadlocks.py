"""Server processes that write down the same Macs at the same moment, in different orders."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.access import refusals
from provisioning.firstboot import benches, unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.firstboot.unknown import AlreadySettled
from provisioning.imports import approval, lifecycle, summary
from provisioning.imports.lifecycle import Submission
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations import changes, operations, queries, register
from provisioning.registrations.models import BENCHED, Operation, Registration
from provisioning.values.serials import Serial
from tests.support.acting import did
from tests.support.databases.postgres import is_one_waiting
from tests.support.waiting import eventually

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
                meeting.wait(timeout=60)
        return len(serials)

    return work


def test_neither_of_two_servers_loses_what_its_macs_said(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as one, closing(Database(postgresql_url)) as other:
        with one.begin() as session:
            act = did(session, "registered", by="U0ALICE", at=NOON)
            wanted = [Serial.parse(text) for text in ["C02AAA", "C02BBB"]]
            to = Destination("london", "design")
            register.register(session, wanted, to, operation=act, channel="C1")
            session.execute(update(Registration).values(step="said by "))
        meeting, said = Barrier(2), []
        orders = {one: ("C02AAA", "C02BBB"), other: ("C02BBB", "C02AAA")}
        threads = [
            Thread(target=lambda d=d, o=o: said.append(d.run_shared(saying(*o, meeting=meeting))))
            for d, o in orders.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert said == [2, 2]


def locked(session: Session, names: Sequence[str]) -> None:
    changes.lock(session, Registration.serial.in_(names))


def locked_unread(session: Session, names: Sequence[str]) -> None:
    changes.lock_rows(session, Registration.serial.in_(names))


def counted(session: Session, names: Sequence[str]) -> None:
    refusals.note(session, {(name, "unknown"): 1 for name in names}, NOON)


@pytest.mark.parametrize("take", [locked, locked_unread, counted])
def test_rows_are_taken_in_one_order_whichever_is_older_or_named_first(
    postgresql_url: str, take: Callable[[Session, Sequence[str]], None]
) -> None:
    """A waiter for the last row holds the first: in two orders both would wait for each other."""
    first, last = "C02AAA", "C02BBB"
    with closing(Database(postgresql_url)) as database, ThreadPoolExecutor() as pool:
        with database.begin() as session:
            act = did(session, "registered", by="U0ALICE", at=NOON)
            for name in (last, first):
                to = Destination("london", "design")
                register.register(session, [Serial(name)], to, operation=act, channel="C1")

        def take_both() -> None:
            with database.begin() as session:
                take(session, [last, first])

        with database.begin() as session:
            take(session, [last])
            taking = pool.submit(take_both)
            eventually(lambda: is_one_waiting(postgresql_url))
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"), session.begin_nested():
                take(session, [first])
        taking.result()


def locked_to_register(session: Session, names: Sequence[str]) -> None:
    act = did(session, "registered", by="U0BOB", at=NOON)
    to = Destination("paris", "kiosk")
    register.register(
        session, [Serial.parse(text) for text in names], to, operation=act, channel="C1"
    )


def locked_to_ask(session: Session, names: Sequence[str]) -> None:
    for name in names:
        queries.lock(session, queries.get_open(session, Serial(name), lock=True).id)


@pytest.mark.parametrize("take", [locked, locked_unread, locked_to_ask, locked_to_register])
def test_who_holds_a_mac_keeps_nobody_waiting_who_refers_to_it(
    postgresql_url: str, take: Callable[[Session, Sequence[str]], None]
) -> None:
    """Each that ends an act settles unknown Macs of others' acts: two would wait for each other."""
    mac = Serial("C02AAA")
    with closing(Database(postgresql_url)) as database:
        with database.begin() as session:
            unknown.ask_about(session, mac, channel="C1", at=NOON)
            act = did(session, "registered", by="U0ALICE", at=NOON)
            to = Destination("london", "design")
            register.register(session, [mac], to, operation=act, channel="C1")
            session.execute(update(Registration).values(registered_by=None))  # as of a script

        with database.begin() as holder:
            take(holder, [mac.text])
            with database.begin() as session:
                session.execute(text("SET LOCAL lock_timeout = '50ms'"))
                assert unknown.settle_known(session, NOON) == 1


def test_of_two_who_dismiss_an_unknown_mac_at_once_the_second_hears_of_the_first(
    postgresql_url: str,
) -> None:
    with closing(Database(postgresql_url)) as database, ThreadPoolExecutor() as pool:
        with database.begin() as session:
            unknown.ask_about(session, Serial("C02AAA"), channel="C1", at=NOON)
            asked = session.scalars(select(UnknownMac.id)).one()

        def dismiss() -> None:
            with database.begin() as session:
                unknown.dismiss(session, asked, by="U0BOB", at=NOON)

        with database.begin() as session:
            unknown.dismiss(session, asked, by="U0ALICE", at=NOON)
            dismissing = pool.submit(dismiss)
            eventually(lambda: is_one_waiting(postgresql_url))
        with pytest.raises(AlreadySettled) as raised:
            dismissing.result()

    assert raised.value.by == "U0ALICE"


def approving(
    database: Database, places: DestinationIndex, macs: dict[str, str], meeting: Barrier
) -> Callable[[], int]:
    """A yes to an import of `macs`, by site; between two sites it waits for another yes."""
    entries = tuple(Entry(Serial(mac), site, "design") for mac, site in macs.items())
    submission = Submission(by="U0ALICE", via="message", at=NOON)
    with database.begin() as session:
        imported = lifecycle.keep(session, ParseResult(entries), submission)
        import_id, dry_run = imported.id, lifecycle.classify(session, imported, places)
    later = iter((False, True))

    def channel_of(site: str) -> str:
        if next(later):
            with suppress(BrokenBarrierError):  # the other one waits for this one, as it should
                meeting.wait(timeout=0.5)
        return f"C{site}"

    def approve() -> int:
        with database.begin() as session:
            act = did(session, "registered", by="U0ALICE", at=NOON)
            imported = lifecycle.opened(session, import_id)
            return approval.register(
                session,
                imported,
                dry_run,
                summary.of(dry_run),
                operation=act,
                channel_of=channel_of,
            ).new

    return approve


def test_imports_that_share_macs_wait_for_each_other_and_not_both_at_once(
    postgresql_url: str, repo: MunkiRepo
) -> None:
    shared = {"C02AAA": "london", "C02BBB": "paris"}
    one, other = {**shared, "C02CCC": "paris"}, {"C02DDD": "paris", **shared}
    with closing(Database(postgresql_url)) as database:
        meeting, new = Barrier(2), list[int]()
        approvals = [
            approving(database, DestinationIndex(repo.now()), macs, meeting)
            for macs in (one, other)
        ]
        threads = [Thread(target=lambda yes=yes: new.append(yes())) for yes in approvals]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(new) == [1, 3]


def test_a_bench_is_undone_while_it_takes_a_mac(postgresql_url: str) -> None:
    """The rows about the Mac refer to the bench's operation, which the undo has locked."""
    to = Destination("london", "design")
    with closing(Database(postgresql_url)) as one, closing(Database(postgresql_url)) as other:
        with one.begin() as session:
            act = did(session, BENCHED, by="U0ALICE", at=NOON).id
            until = NOON + timedelta(hours=1)
            held = session.get_one(Operation, act)
            benches.start(session, to, number=2, until=until, operation=held, channel="C1")
        with other.begin() as taking, one.begin() as undoing:
            register.register(
                taking,
                [Serial.parse("C02AAA")],
                to,
                operation=taking.get_one(Operation, act),
                channel="C1",
            )
            undoing.execute(text("SET LOCAL lock_timeout = '2s'"))

            by_bob = did(undoing, "undone", by="U0BOB", at=NOON)
            undone = benches.undo(undoing, operations.begin_undo(undoing, act, by_bob), by_bob)

        assert undone.operation.id == act
