"""Reports on cards: the shown steps, and how often a card is edited for them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot import reports
from provisioning.firstboot.reports import Report
from provisioning.registrations.errors import RegistrationChanged
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.fakes.imagr.reports import Reporter
from tests.fakes.slack import Workspace
from tests.server.machines.reports.heard import looks, stands
from tests.support import acting
from tests.support.acting import register
from tests.support.fixtures.doors import NOON, DeliverAll
from tests.support.installation import CHANNEL


def test_the_card_follows_its_macs(
    client: FlaskClient, database: Database, slack: Workspace, deliver_all: DeliverAll
) -> None:
    register(database, "C02AAA", "C02BBB", "C02CCC")
    Reporter(client, "C02AAA").says("in_progress", "Restoring DMG: <!here> *x*")
    Reporter(client, "C02BBB").fails("Couldn't copy script 3.0")
    deliver_all()

    [card] = slack.channels[CHANNEL].messages
    shown = card.blocks[1]["text"]["text"]
    assert "`C02BBB` failed: Couldn't copy script 3.0" in shown
    assert "`C02AAA` imaging: Restoring DMG: &lt;!here&gt;" in shown
    assert "1 failed, 1 imaging, 1 waiting" in card.text


class Minutes:
    """Reports at moments of one's choosing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hears(self, message: str, *, at: float, serial: str = "C02AAA") -> bool:
        """Note a message, so many seconds after noon; returns whether anything was written."""
        moment = NOON + timedelta(seconds=at)
        with self._database.begin() as session:
            known = reports.find_status(session, Serial.parse(serial))
            assert known
            report = Report.parse(serial, "in_progress", message)
            change = reports.change(known, report, moment)
            if change:
                reports.record(session, change)
        return change is not None


def test_steps_owe_a_card_one_look_in_ten_seconds_and_none_is_lost(database: Database) -> None:
    register(database, *(f"C02AA{number}" for number in range(5)))
    minutes = Minutes(database)
    for number in range(5):
        minutes.hears("begins", at=0, serial=f"C02AA{number}")
    before = len(looks(database))
    for tenth in range(250):
        minutes.hears(f"step {tenth}", at=tenth / 10, serial=f"C02AA{tenth % 5}")

    due = [look.due_at for look in looks(database)[before:]]
    assert due == [NOON + timedelta(seconds=seconds) for seconds in (10, 20, 30)]


@pytest.mark.postgresql(soak=True)
def test_the_same_words_again_are_written_down_now_and_then(database: Database) -> None:
    register(database, "C02AAA")
    minutes = Minutes(database)
    written = [minutes.hears("Localizing Mac", at=second) for second in range(61)]

    assert sum(written) == 5
    assert stands(database).heard_at == NOON + timedelta(seconds=60)
    assert len(looks(database)) == 2


@pytest.mark.postgresql(instead=True)
def test_many_macs_report_at_once_and_each_is_heard(app: Flask, database: Database) -> None:
    serials = [f"C02LAB{number:02}" for number in range(40)]
    register(database, *serials)
    answers: list[int] = []

    def report(serials: list[str]) -> None:
        client = app.test_client()
        for serial in serials:
            reporter = Reporter(client, serial)
            words = ("Imagr is starting up...", "Restoring DMG: x", "Localizing Mac")
            answers.extend(reporter.says("in_progress", word).status_code for word in words)

    threads = [threading.Thread(target=report, args=(serials[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 120
    with database.reading() as session:
        steps = {*session.execute(select(Registration.state, Registration.step)).all()}
    assert steps == {("imaging", "Localizing Mac")}


def test_a_registration_that_changed_meanwhile_is_not_written_over(database: Database) -> None:
    register(database, "C02AAA")
    with database.reading() as session:
        known = reports.find_status(session, Serial.parse("C02AAA"))
    assert known
    acting.cancel_now(database, "C02AAA", by="U0BOB")
    change = reports.change(known, Report.parse("C02AAA", "error", "x"), datetime.now(UTC))
    assert change
    changed = pytest.raises(RegistrationChanged, match="changed at this moment; try again")
    with changed, database.begin() as session:
        reports.record(session, change)

    assert stands(database).state == "cancelled"
