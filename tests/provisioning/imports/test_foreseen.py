"""Dry runs that are classified before the transaction in which they are used."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.approval import NothingLeft
from provisioning.imports.dry_run import CONFLICT, NEW
from provisioning.imports.edits import changes, recording
from provisioning.imports.edits.changes import Changes, Draft, RowsChanged
from provisioning.imports.edits.choices import OUT, RowChoice
from provisioning.imports.edits.listing import Listing
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.foreseen import ForeseenDryRun
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.models import DROPPED, Import
from provisioning.imports.parsing.entries import Entry, ParseResult, to_json
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.maintenance.acts.intake import Intake, Plan
from provisioning.maintenance.acts.registering import WantedMany, register_many
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.policy import NotAllowed
from provisioning.registrations import queries
from provisioning.registrations.models import Event
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.fixtures.doors import NOON

MINE, NEXT = "C02XG0FDJGH5", "C02XG0FDJGH6"
NOW = datetime.now(UTC)


class Meanwhile:
    """A database in which something happens between a reading and the next transaction.

    `is_open` as long as a transaction is, for which others wait.
    """

    def __init__(self, database: Database) -> None:
        self._database, self.is_open = database, False
        self.happens: Callable[[], object] = lambda: None

    def reading(self, *, at_length: bool = False) -> AbstractContextManager[Session]:
        return self._database.reading(at_length=at_length)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        self.happens()
        with self._database.begin() as session:
            self.is_open = True
            try:
                yield session
            finally:
                self.is_open = False


@pytest.fixture
def import_id(database: Database, repo: MunkiRepo) -> int:
    """A dry run with one Mac that names no place."""
    with database.begin() as session:
        result = ParseResult((Entry(Serial(MINE), None, None),))
        imported = lifecycle.keep(session, result, Submission("U0ALICE", "message", NOON))
        lifecycle.show(session, imported, DestinationIndex(repo.now()), at=NOON)
        return imported.id


@pytest.fixture
def meanwhile(database: Database) -> Meanwhile:
    return Meanwhile(database)


@pytest.fixture
def alice(meanwhile: Meanwhile) -> Principal:
    """A person who may do everything."""
    actor = Actor("U0ALICE", "board")
    return Principal(actor, NOW, meanwhile, lambda *_: None, lambda _: None)


@pytest.fixture
def intake(repo: MunkiRepo) -> Intake:
    return Intake(repo, lambda _: "C0IMAGING")


@pytest.fixture
def other(alice: Principal, database: Database) -> Principal:
    """The same person at another process, in which nothing happens meanwhile."""
    return replace(alice, database=database)


def permit_no_paris(*sites: str) -> None:
    """Permit all sites but one."""
    if "paris" in sites:
        raise NotAllowed("register Macs for Paris")


def add_a_mac(database: Database, import_id: int) -> None:
    """Have a dry run hold another Mac besides."""
    with database.begin() as session:
        session.get_one(Import, import_id).reading = to_json(
            ParseResult(tuple(Entry(Serial(each), None, None) for each in (MINE, "FVFAAAAAAAA1")))
        )


def take(database: Database, serial: str, site: str = "paris") -> None:
    """Have another person register a Mac."""
    acting.register(database, serial, to=Destination(site, "basic"), by="U0BOB")


def test_two_who_choose_at_once_have_both_chosen(
    intake: Intake, alice: Principal, other: Principal, meanwhile: Meanwhile, import_id: int
) -> None:
    meanwhile.happens = lambda: intake.choose(import_id, other, site="london")

    imported = intake.choose(import_id, alice, build="design")

    assert (imported.site, imported.build) == ("london", "design")
    assert (imported.shown or {})["counts"][NEW] == 1


def test_a_mac_that_is_taken_meanwhile_is_left_where_it_is(
    alice: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    intake.choose(import_id, alice, site="london", build="design")
    add_a_mac(database, import_id)
    meanwhile.happens = lambda: take(database, MINE)

    _, registered, _ = intake.register(import_id, alice, including=())

    assert registered.new == 1
    with database.reading() as session:
        assert queries.get_open(session, Serial(MINE)).site == "paris"


def test_one_that_is_settled_meanwhile_is_not_registered(
    alice: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    intake.choose(import_id, alice, site="london", build="design")

    def drop() -> None:
        with database.begin() as session:
            session.execute(update(Import).values(state=DROPPED))

    meanwhile.happens = drop
    with pytest.raises(NotOpen):
        intake.register(import_id, alice, including=())


@pytest.mark.postgresql(instead=True)
def test_a_foreseen_dry_run_holds_until_a_person_or_one_of_its_macs_does_something(
    database: Database, repo: MunkiRepo, import_id: int
) -> None:
    take(database, "FVFAAAAAAAA1")
    places = DestinationIndex(repo.now())

    def foresee() -> ForeseenDryRun:
        with database.reading() as session:
            return ForeseenDryRun.of(session, session.get_one(Import, import_id), places)

    def now(foreseen: ForeseenDryRun) -> ForeseenDryRun:
        with database.begin() as session:
            return foreseen.now(session, lifecycle.opened(session, import_id), places)

    foreseen = foresee()
    assert now(foreseen) is foreseen
    with database.begin() as session:  # another Mac goes on by itself
        session.add(Event(registration_id=1, what="imaging", by=None, at=NOON))
    assert now(foreseen) is foreseen

    take(database, NEXT)  # of which the Mac may be a misspelling
    assert now(foreseen) is not foreseen
    foreseen = foresee()
    with database.begin() as session:
        lifecycle.set_defaults(session.get_one(Import, import_id), site="london")
    assert now(foreseen) is not foreseen


class Editing:
    """A person who leaves out one Mac of a dry run, and counts where that was planned."""

    def __init__(self, meanwhile: Meanwhile, number: int = 0) -> None:
        self._meanwhile, self._number = meanwhile, number
        self.planned_in_a_transaction: list[bool] = []

    def __call__(self, listing: Listing) -> Changes:
        self.planned_in_a_transaction.append(self._meanwhile.is_open)
        return {self._number: replace(listing.rows[self._number].choice, decision=OUT)}


def test_an_edit_is_planned_before_the_transaction_for_which_macs_wait(
    alice: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    editing = Editing(meanwhile)

    intake.edit(import_id, alice, editing)

    assert editing.planned_in_a_transaction == [False]
    with database.reading() as session:
        imported = lifecycle.waiting(session, import_id)
        assert (imported.shown or {})["left_out"] == 1
        assert recording.last_edit(session, imported) is not None


@pytest.mark.postgresql(instead=True)
def test_an_edit_that_is_overtaken_by_another_is_planned_again(
    alice: Principal,
    database: Database,
    intake: Intake,
    other: Principal,
    meanwhile: Meanwhile,
    import_id: int,
) -> None:
    add_a_mac(database, import_id)
    meanwhile.happens = lambda: intake.edit(import_id, other, Editing(meanwhile, 1))
    editing = Editing(meanwhile)

    intake.edit(import_id, alice, editing)

    assert editing.planned_in_a_transaction == [False, True]
    with database.reading() as session:
        imported = lifecycle.waiting(session, import_id)
        assert (imported.shown or {})["left_out"] == 2


def plan_of(number: int, **values: str) -> Plan:
    """A plan to fill in a row, of which a person saw the first version."""

    def plan(listing: Listing) -> Changes:
        shown = listing.rows[number].values
        return changes.of_drafts(listing, [Draft(number, 0, "", replace(shown, **values))])

    return plan


def test_a_row_that_somebody_changes_meanwhile_is_not_written_over(
    alice: Principal, intake: Intake, other: Principal, meanwhile: Meanwhile, import_id: int
) -> None:
    meanwhile.happens = lambda: intake.edit(import_id, other, plan_of(0, site="paris"))

    with pytest.raises(RowsChanged):
        intake.edit(import_id, alice, plan_of(0, site="london"))


def test_an_edit_is_of_the_rows_as_they_are_when_it_is_stored(
    alice: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    meanwhile.happens = lambda: take(database, MINE)

    intake.edit(import_id, alice, plan_of(0, site="london", build="design"))

    with database.reading() as session:
        shown = session.get_one(Import, import_id).shown or {}
    assert (shown["counts"][NEW], shown["counts"][CONFLICT]) == (0, 1)


def test_rights_hold_for_an_edit_as_it_is_stored(
    alice: Principal, intake: Intake, other: Principal, meanwhile: Meanwhile, import_id: int
) -> None:
    bob = replace(alice, actor=Actor("U0BOB", "board"), permit=permit_no_paris)
    intake.choose(import_id, alice, site="london", build="design")
    meanwhile.happens = lambda: intake.edit(
        import_id, other, lambda *_: {0: RowChoice(site="paris", build="design")}
    )

    with pytest.raises(NotAllowed):
        intake.edit(import_id, bob, Editing(meanwhile))


def test_of_two_who_undo_an_edit_at_once_one_is_told(
    alice: Principal,
    database: Database,
    intake: Intake,
    other: Principal,
    meanwhile: Meanwhile,
    import_id: int,
) -> None:
    intake.edit(import_id, alice, Editing(meanwhile))
    meanwhile.happens = lambda: intake.undo_edit(import_id, other, 1)

    with pytest.raises(NothingToUndo):
        intake.undo_edit(import_id, alice, 1)

    with database.reading() as session:
        assert (lifecycle.waiting(session, import_id).shown or {})["left_out"] == 0


def test_a_mac_that_goes_elsewhere_meanwhile_is_moved_only_by_who_may_there(
    alice: Principal, database: Database, meanwhile: Meanwhile, repo: MunkiRepo
) -> None:
    take(database, MINE, "new york")

    def move() -> None:
        acting.move_now(database, MINE, Destination("paris", "basic"), by="U0BOB")

    meanwhile.happens = move

    with pytest.raises(NothingLeft):
        register_many(
            DestinationIndex(repo.now()),
            WantedMany(ParseResult((Entry(Serial(MINE), "london", "design"),)), [CONFLICT]),
            replace(alice, at=NOON, permit=permit_no_paris),
            channel_of=lambda _: "C0IMAGING",
        )

    with database.reading() as session:
        assert queries.get_open(session, Serial(MINE)).site == "paris"
