"""A Mac whose board was swapped: its disk may ask for the former serial for a while."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.diagnostics import Examination, inspected
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import BOARD, Replacement
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.bot.firstboot.replacements.desk import NEW, OLD, Desk
from tests.fakes.imagr.reports import REPORT_KEY, Reporter
from tests.fakes.slack import readable
from tests.server.machines.test_client_scripts import token_in
from tests.support.fixtures.doors import Clock


def compare(desk: Desk, database: Database, clock: Clock) -> None:
    """Let minutes pass, with the rounds of the job runner and its jobs."""
    for _ in range(2):
        clock.advance(minutes=2)
        with database.begin() as session:
            replacing.enqueue_comparing(session, clock())
        desk.work()


def swapped_boards(application: Application) -> list[Finding]:
    """The findings of the doctor about boards that were swapped."""
    examination = Examination(application.repo, application.database)
    return [each for each in inspected(examination) if each.kind == "swapped boards"]


def let_pass(database: Database, **time: float) -> None:
    """Have all replacements be older than they are."""
    with database.begin() as session:
        for replacement in session.scalars(select(Replacement)):
            replacement.at -= timedelta(**time)


@pytest.mark.postgresql(instead=True)
def test_the_manifests_of_both_serials_stay_until_the_mac_was_heard_as_the_new_one(
    desk: Desk,
) -> None:
    former = desk.manifest(OLD)
    desk.replace("replace_board")
    desk.work()
    assert desk.macs() == {NEW: ("confirmed", "lab-07")}
    assert desk.manifest(OLD) == desk.manifest(NEW) == former

    assert desk.boot(NEW) == 200
    desk.work()

    assert (desk.manifest(OLD), desk.manifest(NEW)) == (None, former)
    assert desk.last_revision(OLD) == (former, None)


def test_a_call_by_the_former_serial_is_answered_as_the_new_registration(desk: Desk) -> None:
    desk.exchange(BOARD)
    desk.work()
    desk.typed(f"move {NEW} paris kiosk")

    assert desk.boot(OLD) == 200
    desk.work()

    assert desk.macs() == {NEW: ("confirmed", "lab-07")}
    assert b"sites/paris" in (desk.manifest(NEW) or b"")
    assert desk.manifest(OLD) == desk.manifest(NEW)


def test_an_admins_change_is_carried_to_the_manifest_of_the_former_serial(
    desk: Desk, database: Database, clock: Clock
) -> None:
    desk.exchange(BOARD)
    desk.work()
    edited = desk.edit(NEW, notes="changed since")

    compare(desk, database, clock)

    assert desk.manifest(OLD) == edited


class TestWithReports:
    """A server that takes reports of Imagr's."""

    @pytest.fixture
    def server_settings(self, server_settings: ServerSettings) -> ServerSettings:
        return server_settings.model_copy(update={"report_keys": SecretStr(REPORT_KEY)})

    def test_a_report_by_the_former_serial_is_of_the_mac_and_removes_nothing(
        self, desk: Desk, app: Flask
    ) -> None:
        desk.exchange(BOARD)
        desk.work()

        Reporter(app.test_client(), OLD, REPORT_KEY).says("error", "no disk")
        desk.work()

        assert desk.macs() == {NEW: ("failed", "lab-07")}
        assert desk.manifest(OLD) is not None

    def test_a_report_by_the_new_serial_removes_the_former_manifest(
        self, desk: Desk, app: Flask
    ) -> None:
        desk.exchange(BOARD)
        desk.work()

        Reporter(app.test_client(), NEW, REPORT_KEY).says(
            "in_progress", "Preparing to run workflow"
        )
        desk.work()

        assert desk.manifest(OLD) is None
        assert desk.manifest(NEW) is not None


def test_a_swap_after_which_the_mac_is_not_heard_is_shown_with_the_fix(
    desk: Desk, application: Application, database: Database
) -> None:
    desk.exchange(BOARD)
    desk.work()

    shown = readable(desk.typed(f"show {NEW}"))

    assert f"it was not heard as `{NEW}` since: the manifest of `{OLD}` stays" in shown
    assert swapped_boards(application) == []
    let_pass(database, days=8)
    [finding] = swapped_boards(application)
    assert f"The board of {OLD} was swapped on 20" in finding.message
    assert f"remove the manifest of {OLD}" in finding.fix
    assert desk.boot(NEW) == 200
    assert swapped_boards(application) == []
    assert "was not heard" not in readable(desk.typed(f"show {NEW}"))


def test_a_swap_is_over_once_the_former_manifest_is_removed(
    desk: Desk, application: Application, database: Database, clock: Clock, repo_folder: Path
) -> None:
    desk.exchange(BOARD)
    desk.work()
    let_pass(database, days=8)
    (repo_folder / "manifests" / OLD).unlink()

    compare(desk, database, clock)

    assert swapped_boards(application) == []
    assert desk.manifest(NEW) is not None
    assert "was not heard" not in readable(desk.typed(f"show {NEW}"))


def test_a_swap_goes_on_where_all_manifests_are_gone(
    desk: Desk, application: Application, database: Database, clock: Clock, repo_folder: Path
) -> None:
    desk.exchange(BOARD)
    desk.work()
    let_pass(database, days=8)
    for serial in (OLD, NEW):
        (repo_folder / "manifests" / serial).unlink()

    compare(desk, database, clock)

    assert len(swapped_boards(application)) == 1


def test_tokens_for_the_former_serial_end_and_new_ones_are_for_the_new(
    desk: Desk, app: Flask
) -> None:
    def token() -> str:
        return token_in(app.test_client().get(f"/script?serial={OLD}", headers=desk.script.basic))

    former = token()
    assert desk.script.manifest(former, serial=OLD).status_code == 200
    desk.exchange(BOARD)
    desk.work()

    assert desk.script.manifest(former, serial=OLD).status_code == 401
    assert desk.script.manifest(former, serial=NEW).status_code == 401
    assert desk.script.manifest(token(), serial=OLD).status_code == 200


def test_the_former_serial_is_told_the_name_of_the_mac(desk: Desk, app: Flask) -> None:
    desk.exchange(BOARD)

    answer = app.test_client().get(f"/computer_name?serial={OLD}", headers=desk.script.basic)

    assert answer.text.splitlines()[0] == "lab-07"


@pytest.mark.postgresql(instead=True)
def test_undo_gives_the_former_serial_back_and_takes_the_copy_away(desk: Desk) -> None:
    former = desk.manifest(OLD)
    message = desk.replace("replace_board")
    desk.work()

    desk.undo(message)
    desk.work()

    assert desk.macs() == {OLD: ("confirmed", "lab-07")}
    assert (desk.manifest(OLD), desk.manifest(NEW)) == (former, None)


def test_a_mac_of_the_former_serial_that_is_registered_keeps_its_manifest(
    desk: Desk, database: Database, clock: Clock
) -> None:
    desk.exchange(BOARD)
    desk.work()
    desk.register(OLD, "paris", "basic")
    assert desk.boot(OLD) == 200
    its_own = desk.manifest(OLD)
    compare(desk, database, clock)
    assert desk.manifest(OLD) == its_own

    assert desk.boot(NEW) == 200
    desk.work()

    assert desk.manifest(OLD) == its_own
    assert desk.macs()[OLD] == ("confirmed", None)


def test_the_former_serial_shows_the_history_of_the_mac(desk: Desk) -> None:
    desk.exchange(BOARD)

    assert f"`{NEW}` (lab-07) → *london* / *design*" in readable(desk.typed(f"show {NEW}"))
    assert f"`{NEW}` (lab-07) → *london* / *design*" in readable(desk.typed(f"show {OLD}"))


def test_a_second_swap_of_the_board_leaves_the_first_serial_its_manifest(desk: Desk) -> None:
    last = "C02CCCCCCCC3"
    desk.exchange(BOARD)
    desk.work()
    desk.pressed(desk.typed(f"replace {NEW} {last}"), "replace_board")
    desk.work()
    assert desk.manifest(OLD) == desk.manifest(NEW) == desk.manifest(last)
    assert desk.manifest(last) is not None

    assert desk.boot(last) == 200
    desk.work()

    assert (desk.manifest(OLD), desk.manifest(NEW)) == (None, None)
    assert list(desk.macs()) == [last]


def test_a_manifest_that_is_still_to_be_copied_is_no_drift(desk: Desk) -> None:
    desk.exchange(BOARD)

    for _ in ("before it is copied", "behind"):
        shown = desk.typed(f"show {NEW}")
        assert f"`{NEW}` (lab-07)" in readable(shown)
        assert "is gone" not in readable(shown)
        assert "put_back" not in str(shown.blocks)
        desk.work()
