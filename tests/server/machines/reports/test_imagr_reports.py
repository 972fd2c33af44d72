"""Imagr's reports byte for byte, of both its releases, and what each makes of a registration."""

from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from rollcall.settings import ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY, Reporter
from tests.server.machines.reports.heard import events
from tests.support.acting import register
from tests.support.running.doors import machines_door
from tests.support.tables import for_each

SERIAL = "C02ABC123DEF"
# All that Imagr says, in the order in which a long workflow says it; the first is nothing yet.
PROGRESS = (
    "Imagr is starting up...",
    "Preparing to run workflow Registered build...",
    "Running included workflow.",
    "Running partition task.",
    "Running partiton task.",  # so the older ones spell it
    "Erasing volume with name Macintosh HD",
    "Volume will be renamed as: Zürich HD",
    "Restoring DMG: http://images.lan/design.dmg?a=b&c=d+e%20f",
    "starting macOS install: http://images.lan/Install macOS.dmg",
    "startosinstall prepare phase complete",
    "Downloading and installing package(s): http://images.lan/a.pkg",
    "Downloading and installing first boot package(s): http://images.lan/a.pkg",
    "Running script 1.0",
    "Copying first boot script 3.0",
    "Setting computer name to LON-001",
    "Localizing Mac",
    "Setting restart_action to shutdown",
)
# The lines of the contract, as curl sends them.
NEWER = (
    b"status=in_progress&serial=C02ABC123DEF&hostname=netboot-client"
    b"&message=Imagr+is+starting+up..."
)
OLDER = b"status=in_progress&serial=C02ABC123DEF&message=Imagr+is+starting+up..."


@pytest.fixture
def app(server_settings: ServerSettings, database: Database) -> Flask:
    """A server that takes reports, and a Mac that Alice registered."""
    keys = {"report_keys": SecretStr(REPORT_KEY)}
    register(database, SERIAL)
    return machines_door(server_settings.model_copy(update=keys), database)


@pytest.fixture
def stands(database: Database) -> Callable[[], tuple[str, str | None]]:
    """A function that returns the Mac's state and its last message."""

    def look() -> tuple[str, str | None]:
        with database.reading() as session:
            mac = session.scalars(select(Registration)).one()
            return mac.state, mac.step

    return look


Stands = Callable[[], tuple[str, str | None]]


@pytest.mark.parametrize("body", [NEWER, OLDER])
def test_what_curl_sends_in_the_contract_is_heard(
    client: FlaskClient, stands: Stands, body: bytes
) -> None:
    answer = Reporter(client, SERIAL).sends(body)

    assert (answer.status_code, answer.text) == (200, "heard\n")
    assert stands() == ("imaging", "Imagr is starting up...")


@pytest.mark.parametrize("old", [False, True], ids=["last commit", "1.6.1"])
def test_all_that_imagr_says_of_its_progress_is_on_the_card_as_it_is(
    client: FlaskClient, stands: Stands, database: Database, old: bool
) -> None:
    mac = Reporter(client, SERIAL, old=old)
    for message in PROGRESS:
        assert mac.says("in_progress", message).status_code == 200
        assert stands() == ("imaging", message)
    mac.says("success", "Finished running Registered build.")

    assert stands() == ("imaging", "Finished running Registered build.")
    assert events(database) == ["registered", "imaging"]


@pytest.mark.parametrize("old", [False, True], ids=["last commit", "1.6.1"])
def test_a_workflow_that_fails_says_success_and_then_the_error_that_counts(
    client: FlaskClient, stands: Stands, database: Database, old: bool
) -> None:
    mac = Reporter(client, SERIAL, old=old)
    mac.begins()
    mac.fails("\n" * 3000 + "Couldn't copy script 3.0" + "\n \n" * 3000)

    assert stands() == ("failed", "Couldn't copy script 3.0")
    assert events(database) == ["registered", "imaging", "failed"]


@for_each("status", ["in_progress", "success", "error"])
@for_each("serial", ["", "UNKNOWN", "None"])
def test_a_mac_without_a_serial_is_heard_and_nobodys(
    client: FlaskClient, stands: Stands, status: str, serial: str
) -> None:
    for old in (False, True):
        answer = Reporter(client, serial, old=old).says(status, "Imagr is starting up...")
        assert answer.status_code == 200

    assert stands() == ("waiting", None)


def test_a_script_that_could_not_be_fetched_while_imaging_leaves_the_mac_in_progress(
    client: FlaskClient, stands: Stands
) -> None:
    """Imagr's worker dies of it without a word: the stall is what people hear of then."""
    mac = Reporter(client, SERIAL)
    mac.begins()
    mac.says("in_progress", "Running script 1.0")

    assert stands() == ("imaging", "Running script 1.0")


def test_an_error_before_the_workflow_begins_and_the_one_after_it_leave_it_failed(
    client: FlaskClient, stands: Stands
) -> None:
    """The script that asks which workflow runs is run before Imagr says that it prepares one."""
    mac = Reporter(client, SERIAL)
    error = "Could not run included workflow script: rollcall: the server does not answer at x"
    mac.says("in_progress", "Imagr is starting up...")
    mac.says("error", error)
    mac.says("in_progress", "Preparing to run workflow Registered build...")
    mac.says("success", "Finished running Registered build.")
    assert stands()[0] == "imaging"
    mac.says("error", error)

    assert stands() == ("failed", error)


def test_the_fields_come_in_any_order_and_none_is_missed(
    client: FlaskClient, stands: Stands
) -> None:
    message = quote_plus("Restoring DMG: http://x/y.dmg")
    Reporter(client, SERIAL).sends(
        f"hostname=netboot-client&message={message}&serial={SERIAL}&status=in_progress".encode()
    )

    assert stands() == ("imaging", "Restoring DMG: http://x/y.dmg")
