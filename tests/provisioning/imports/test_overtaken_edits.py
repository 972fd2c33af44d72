"""Edits that are planned before the transaction in which they are stored."""

from dataclasses import replace

import pytest

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import CONFLICT, NEW
from provisioning.imports.edits import changes, recording
from provisioning.imports.edits.changes import Changes, Draft, RowsChanged
from provisioning.imports.edits.choices import OUT, RowChoice
from provisioning.imports.edits.listing import Listing
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.models import Import
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.maintenance.acts.intake import Intake, Plan
from provisioning.policy import NotAllowed
from tests.provisioning.imports.overtaking import (
    MINE,
    Meanwhile,
    add_a_mac,
    permit_no_paris,
    take,
)


class Editing:
    """A person who leaves out one Mac of a dry run, and counts where that was planned."""

    def __init__(self, meanwhile: Meanwhile, number: int = 0) -> None:
        self._meanwhile, self._number = meanwhile, number
        self.planned_in_a_transaction: list[bool] = []

    def __call__(self, listing: Listing) -> Changes:
        self.planned_in_a_transaction.append(self._meanwhile.is_open)
        return {self._number: replace(listing.rows[self._number].choice, decision=OUT)}


def test_an_edit_is_planned_before_the_transaction_for_which_macs_wait(
    principal: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    editing = Editing(meanwhile)

    intake.edit(import_id, principal, editing)

    assert editing.planned_in_a_transaction == [False]
    with database.reading() as session:
        imported = lifecycle.waiting(session, import_id)
        assert (imported.shown or {})["left_out"] == 1
        assert recording.last_edit(session, imported) is not None


@pytest.mark.postgresql(instead=True)
def test_an_edit_that_is_overtaken_by_another_is_planned_again(
    principal: Principal,
    database: Database,
    intake: Intake,
    other: Principal,
    meanwhile: Meanwhile,
    import_id: int,
) -> None:
    add_a_mac(database, import_id)
    meanwhile.happens = lambda: intake.edit(import_id, other, Editing(meanwhile, 1))
    editing = Editing(meanwhile)

    intake.edit(import_id, principal, editing)

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
    principal: Principal, intake: Intake, other: Principal, meanwhile: Meanwhile, import_id: int
) -> None:
    meanwhile.happens = lambda: intake.edit(import_id, other, plan_of(0, site="paris"))

    with pytest.raises(RowsChanged):
        intake.edit(import_id, principal, plan_of(0, site="london"))


def test_an_edit_is_of_the_rows_as_they_are_when_it_is_stored(
    principal: Principal, database: Database, intake: Intake, meanwhile: Meanwhile, import_id: int
) -> None:
    meanwhile.happens = lambda: take(database, MINE)

    intake.edit(import_id, principal, plan_of(0, site="london", build="design"))

    with database.reading() as session:
        shown = session.get_one(Import, import_id).shown or {}
    assert (shown["counts"][NEW], shown["counts"][CONFLICT]) == (0, 1)


def test_rights_hold_for_an_edit_as_it_is_stored(
    principal: Principal, intake: Intake, other: Principal, meanwhile: Meanwhile, import_id: int
) -> None:
    bob = replace(principal, actor=Actor("U0BOB", "board"), permit=permit_no_paris)
    intake.choose(import_id, principal, site="london", build="design")
    meanwhile.happens = lambda: intake.edit(
        import_id, other, lambda *_: {0: RowChoice(site="paris", build="design")}
    )

    with pytest.raises(NotAllowed):
        intake.edit(import_id, bob, Editing(meanwhile))


def test_of_two_who_undo_an_edit_at_once_one_is_told(
    principal: Principal,
    database: Database,
    intake: Intake,
    other: Principal,
    meanwhile: Meanwhile,
    import_id: int,
) -> None:
    intake.edit(import_id, principal, Editing(meanwhile))
    meanwhile.happens = lambda: intake.undo_edit(import_id, other, 1)

    with pytest.raises(NothingToUndo):
        intake.undo_edit(import_id, principal, 1)

    with database.reading() as session:
        assert (lifecycle.waiting(session, import_id).shown or {})["left_out"] == 0
