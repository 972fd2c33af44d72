"""Dry runs that are classified before the transaction in which they are used."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.approval import NothingLeft
from provisioning.imports.dry_run import CONFLICT, NEW
from provisioning.imports.lifecycle import NotOpen
from provisioning.imports.models import DROPPED, Import
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.imports.prepared import PreparedDryRun
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.intake import Intake
from provisioning.maintenance.acts.registering import BulkRequest, register_many
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations import queries
from provisioning.registrations.models import Event
from provisioning.values.serials import Serial
from tests.provisioning.imports.overtaking import (
    MINE,
    NEXT,
    Meanwhile,
    add_a_mac,
    permit_no_paris,
    take,
)
from tests.support import acting
from tests.support.fixtures.doors import NOON


def test_two_simultaneous_choices_are_both_kept(
    intake: Intake, principal: Principal, other: Principal, meanwhile: Meanwhile, import_id: int
) -> None:
    meanwhile.happens = lambda: intake.choose(import_id, other, site="london")

    imported = intake.choose(import_id, principal, build="design")

    assert (imported.site, imported.build) == ("london", "design")
    assert (imported.shown or {})["counts"][NEW] == 1


def test_a_mac_that_is_taken_meanwhile_is_left_where_it_is(
    principal: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    intake.choose(import_id, principal, site="london", build="design")
    add_a_mac(database, import_id)
    meanwhile.happens = lambda: take(database, MINE)

    _, registered, _ = intake.register(import_id, principal, including=())

    assert registered.new == 1
    with database.reading() as session:
        assert queries.get_open(session, Serial(MINE)).site == "paris"


def test_an_import_that_is_settled_meanwhile_is_not_registered(
    principal: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    intake.choose(import_id, principal, site="london", build="design")

    def drop() -> None:
        with database.begin() as session:
            session.execute(update(Import).values(state=DROPPED))

    meanwhile.happens = drop
    with pytest.raises(NotOpen):
        intake.register(import_id, principal, including=())


@pytest.mark.postgresql(instead=True)
def test_a_foreseen_dry_run_holds_until_a_person_or_one_of_its_macs_does_something(
    database: Database, repo: MunkiRepo, import_id: int
) -> None:
    take(database, "FVFAAAAAAAA1")
    places = DestinationIndex(repo.now())

    def foresee() -> PreparedDryRun:
        with database.reading() as session:
            return PreparedDryRun.of(session, session.get_one(Import, import_id), places)

    def now(foreseen: PreparedDryRun) -> PreparedDryRun:
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


def test_a_mac_that_goes_elsewhere_meanwhile_is_moved_only_by_who_may_there(
    principal: Principal, database: Database, meanwhile: Meanwhile, repo: MunkiRepo
) -> None:
    take(database, MINE, "new york")

    def move() -> None:
        acting.move_now(database, MINE, Destination("paris", "basic"), by="U0BOB")

    meanwhile.happens = move

    with pytest.raises(NothingLeft):
        register_many(
            DestinationIndex(repo.now()),
            BulkRequest(ParseResult((Entry(Serial(MINE), "london", "design"),)), [CONFLICT]),
            replace(principal, at=NOON, permit=permit_no_paris),
            channel_of=lambda _: "C0IMAGING",
        )

    with database.reading() as session:
        assert queries.get_open(session, Serial(MINE)).site == "paris"
