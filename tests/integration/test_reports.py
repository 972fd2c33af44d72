"""Imagr's reports, as its releases send them, and what people see of them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr, ValidationError
from sqlalchemy import select
from structlog.testing import capture_logs
from structlog.typing import EventDict

from provisioning import registrations, reports
from provisioning.database import Database
from provisioning.errors import RegistrationChanged
from provisioning.models import CARD, Event, Notification, Registration
from provisioning.munki import Destination
from provisioning.reports import Report
from provisioning.serials import Serial, parse_all
from provisioning.settings import ServerSettings
from server.app import create_app
from tests.integration.conftest import NOON, Script
from tests.support import settings
from tests.support.acting import did
from tests.support.imagr import REPORT_KEY, Reporter
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace

OTHER_KEY = "another-key-of-the-lab-2"


@pytest.fixture
def server_settings(repo_folder: Path) -> ServerSettings:
    """A server that takes reports under two keys."""
    keys = SecretStr(f"{OTHER_KEY}, {REPORT_KEY}")
    return settings.server_settings(repo_folder).model_copy(update={"report_keys": keys})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def registered(database: Database) -> Callable[..., None]:
    """Alice registers Macs, in one card."""

    def register(*serials: str) -> None:
        with database.begin() as session:
            registrations.register(
                session,
                parse_all(serials),
                Destination("london", "design"),
                act=did(session, "registered", by="U0ALICE"),
                channel=CHANNEL,
            )

    return register


@pytest.fixture
def mac(client: FlaskClient, registered: Callable[..., None]) -> Reporter:
    """A registered Mac in Imagr."""
    registered("C02AAA")
    return Reporter(client, "C02AAA")


def stands(database: Database, serial: str = "C02AAA") -> Registration:
    with database.reading() as session:
        query = select(Registration).where(Registration.serial == serial)
        return session.scalars(query).one()


def how(database: Database) -> tuple[str, str | None]:
    registration = stands(database)
    return registration.state, registration.step


def events(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Event.what).order_by(Event.id)))


def looks(database: Database) -> list[Notification]:
    with database.reading() as session:
        query = select(Notification).where(Notification.kind == CARD)
        return list(session.scalars(query.order_by(Notification.id)))


def confirm(script: Script, serial: str = "C02AAA") -> None:
    assert script.manifest(serial=serial).status_code == 200


# Who is heard


@pytest.mark.parametrize("key", [REPORT_KEY, OTHER_KEY])
def test_every_key_that_is_set_opens_the_door(
    client: FlaskClient, mac: Reporter, database: Database, key: str
) -> None:
    answer = Reporter(client, "C02AAA", key).says("in_progress", "Imagr is starting up...")

    assert answer.status_code == 200
    assert how(database) == ("imaging", "Imagr is starting up...")


@pytest.mark.parametrize("key", ["wrong", REPORT_KEY[:-1], f"{REPORT_KEY},{OTHER_KEY}", "é", "%00"])
def test_a_wrong_key_is_an_address_that_does_not_exist(
    client: FlaskClient, mac: Reporter, database: Database, key: str
) -> None:
    answer = Reporter(client, "C02AAA", key).says("error", "boo")

    assert answer.status_code == 404
    assert stands(database).state == "waiting"


def test_where_no_key_is_set_there_are_no_reports(
    repo_folder: Path, database: Database, registered: Callable[..., None]
) -> None:
    registered("C02AAA")
    app = create_app(settings.server_settings(repo_folder), database)

    for key in (REPORT_KEY, "None", "0"):
        answer = Reporter(app.test_client(), "C02AAA", key).says("error", "boo")
        assert answer.status_code == 404
    assert stands(database).state == "waiting"


@pytest.mark.parametrize(
    "keys", ["short", f"{REPORT_KEY},short", "with/a/slash/in/it/somewhere", "a" * 16]
)
def test_a_key_that_could_be_guessed_or_typed_wrongly_is_refused_at_the_start(
    repo_folder: Path, keys: str
) -> None:
    given = settings.server_settings(repo_folder).model_dump(by_alias=True)

    with pytest.raises(ValidationError) as refused:
        ServerSettings.model_validate({**given, "ROLLCALL_REPORT_KEYS": keys})
    assert keys not in str(refused.value.errors(include_input=False))


@pytest.mark.parametrize("path", ["/report/{}", "/x//report/{}", "/report/{}/", "/REPORT/{}"])
def test_no_key_is_ever_in_the_log(client: FlaskClient, mac: Reporter, path: str) -> None:
    lines: list[EventDict] = []

    def keep(_: object, __: str, line: EventDict) -> EventDict:
        lines.append(dict(line))
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    try:
        client.post(path.format(REPORT_KEY), data={"status": "error", "serial": "C02AAA"})
        client.get(path.format(REPORT_KEY))
    finally:
        structlog.configure(processors=before)

    assert len([line for line in lines if line["event"] == "request"]) == 2
    assert REPORT_KEY not in str(lines)


# What is understood


@pytest.mark.parametrize("old", [True, False])
def test_both_sets_of_fields_are_understood(
    client: FlaskClient, mac: Reporter, database: Database, old: bool
) -> None:
    Reporter(client, "C02AAA", old=old).says("in_progress", "Restoring DMG: http://x/y?a=b&c=d+e")

    assert how(database) == ("imaging", "Restoring DMG: http://x/y?a=b&c=d+e")


@pytest.mark.parametrize(
    "message",
    [
        b"%zz 100% at 5%",
        b"\xff\xfe caf\xe9 %e9%00%ed%a0%80",
        b"%F0%9F%92%A5" * 200,
        b"+%0A%0D%0A" * 20_000 + b"at+last",
        b"a" * 900_000,
        b"%E2%80%AE%1b[31m",
        b"&message=&=&&;",
    ],
)
def test_whatever_a_message_holds_it_is_one_line_that_fits(
    mac: Reporter, database: Database, message: bytes
) -> None:
    answer = mac.sends(b"status=error&serial=C02AAA&message=" + message)

    state, step = how(database)
    assert (answer.status_code, state) == (200, "failed")
    assert step
    assert len(step) <= 255
    assert step.isprintable()


def test_an_error_of_blank_lines_is_told_by_its_first_words(
    mac: Reporter, database: Database
) -> None:
    mac.says("error", "\n \n" * 3000 + "Couldn't copy   script\n\n\n3.0" + "\n" * 3000)

    assert how(database) == ("failed", "Couldn't copy script 3.0")


def test_a_client_that_names_no_type_is_understood(mac: Reporter, database: Database) -> None:
    mac.sends(b"status=in_progress&serial=c02aaa&message=Localizing+Mac", kind=None)

    assert how(database) == ("imaging", "Localizing Mac")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"status=in_progress&serial=&hostname=h&message=Imagr+is+starting+up...",
        b"status=in_progress&serial=..%2F..%2Fx&message=m",
        b"status=confirmed&serial=C02AAA&message=m",
        b"serial=C02AAA",
        b"status=error&serial=C02ZZZ&message=nobody+registered+it",
        b"&".join(b"serial=C02AAA" for _ in range(1000)),
        b"\x00\xff",
    ],
)
def test_a_report_that_means_nothing_is_answered_and_changes_nothing(
    mac: Reporter, database: Database, body: bytes
) -> None:
    assert mac.sends(body).status_code == 200
    assert stands(database).state == "waiting"
    assert events(database) == ["registered"]


def test_the_serial_is_in_the_log_and_so_is_that_nobody_registered_it(
    client: FlaskClient, mac: Reporter
) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        Reporter(client, "C02ZZZ").says("error", "x")

    assert ("C02ZZZ", "report of a Mac that nobody registered") in [
        (line.get("serial"), line["event"]) for line in lines
    ]


# What it does


def test_a_workflow_is_one_event_and_its_last_words_are_seen(
    mac: Reporter, database: Database
) -> None:
    mac.begins()
    mac.says("in_progress", "Copying first boot script 3.0")
    mac.says("success", "Finished running Basic.")

    assert how(database) == ("imaging", "Finished running Basic.")
    assert stands(database).heard_at is not None
    assert events(database) == ["registered", "imaging"]


def test_a_workflow_that_failed_says_success_first_and_has_failed(
    mac: Reporter, database: Database
) -> None:
    mac.begins()
    mac.fails("Couldn't copy script 3.0")

    assert how(database) == ("failed", "Couldn't copy script 3.0")
    assert events(database) == ["registered", "imaging", "failed"]


def test_an_error_stays_final_where_the_success_arrives_after_it(
    mac: Reporter, database: Database
) -> None:
    mac.says("error", "Couldn't copy script 3.0")
    mac.says("success", "Finished running Basic.")

    assert how(database) == ("failed", "Couldn't copy script 3.0")


def test_a_mac_that_failed_is_imaged_again(mac: Reporter, database: Database) -> None:
    mac.fails()
    mac.begins()

    assert stands(database).state == "imaging"
    assert events(database) == ["registered", "imaging", "failed", "imaging"]


def test_the_first_boot_ends_all_of_it(mac: Reporter, database: Database, script: Script) -> None:
    mac.begins()
    confirm(script)

    assert how(database) == ("confirmed", None)


def test_a_confirmed_mac_that_begins_again_is_imaged_and_confirmed_again(
    mac: Reporter, database: Database, script: Script
) -> None:
    confirm(script)
    mac.begins()
    assert how(database) == ("imaging", "Preparing to run workflow Basic...")
    confirm(script)

    assert stands(database).state == "confirmed"
    assert events(database) == ["registered", "confirmed", "imaging", "confirmed"]


def test_a_mac_whose_script_runs_before_imaging_ends_stays_confirmed(
    mac: Reporter, database: Database, script: Script
) -> None:
    mac.begins()
    confirm(script)
    mac.says("in_progress", "Copying first boot script 3.0")
    mac.says("success", "Finished running Basic.")

    assert stands(database).state == "confirmed"


def test_a_mac_that_only_its_script_brought_in_is_followed_too(
    client: FlaskClient, database: Database, script: Script
) -> None:
    script.manifest(serial="C02AAA", site="london", build="design")
    Reporter(client, "C02AAA").begins()

    assert stands(database).state == "imaging"


def test_registering_a_mac_that_its_script_brought_in_forgets_what_it_said(
    client: FlaskClient, database: Database, script: Script, registered: Callable[..., None]
) -> None:
    script.manifest(serial="C02AAA", site="london", build="design")
    Reporter(client, "C02AAA").begins()
    registered("C02AAA")

    assert how(database) == ("waiting", None)
    assert stands(database).heard_at is None


@pytest.mark.parametrize("fault", ["unreadable", "no include"])
def test_a_first_boot_that_is_refused_for_the_manifest_has_failed_once(
    mac: Reporter, database: Database, script: Script, repo_folder: Path, fault: str
) -> None:
    manifest = repo_folder / "manifests" / "C02AAA"
    build = repo_folder / "manifests/included_manifests/builds/design"
    content = build.read_bytes()
    if fault == "unreadable":
        manifest.write_text("no plist")
    else:
        build.unlink()
    assert [script.manifest(serial="C02AAA").status_code for _ in range(3)] == [409] * 3
    state, step = how(database)
    owed = len(looks(database))
    build.write_bytes(content)
    manifest.unlink(missing_ok=True)
    confirm(script)

    assert state == "failed"
    assert step
    assert "manifest" in step
    assert owed == 2
    assert events(database) == ["registered", "failed", "confirmed"]
    assert how(database) == ("confirmed", None)


# What it costs, and what people see of it


def test_the_card_follows_its_macs(
    client: FlaskClient,
    registered: Callable[..., None],
    slack: Workspace,
    deliver_all: Callable[[], None],
) -> None:
    registered("C02AAA", "C02BBB", "C02CCC")
    Reporter(client, "C02AAA").says("in_progress", "Restoring DMG: <!here> *x*")
    Reporter(client, "C02BBB").fails("Couldn't copy script 3.0")
    deliver_all()

    [card] = slack.channels[CHANNEL].messages
    shown = card.blocks[1]["text"]["text"]
    assert "`C02BBB` failed: Couldn't copy script 3.0" in shown
    assert "`C02AAA` imaging: Restoring DMG: &lt;!here&gt;" in shown
    assert "1 failed · 1 imaging · 1 waiting" in card.text


class Minutes:
    """Reports at moments of one's choosing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hears(self, message: str, *, at: float, serial: str = "C02AAA") -> bool:
        """Note a message, so many seconds after noon; returns whether anything was written."""
        moment = NOON + timedelta(seconds=at)
        with self._database.begin() as session:
            known = reports.known(session, Serial.parse(serial))
            assert known
            report = Report.parse(serial, "in_progress", message)
            change = reports.change(known, report, moment)
            if change:
                reports.record(session, change)
        return change is not None


def test_steps_owe_a_card_one_look_in_ten_seconds_and_none_is_lost(
    database: Database, registered: Callable[..., None]
) -> None:
    registered(*(f"C02AA{number}" for number in range(5)))
    minutes = Minutes(database)
    for number in range(5):
        minutes.hears("begins", at=0, serial=f"C02AA{number}")
    before = len(looks(database))
    for tenth in range(250):
        minutes.hears(f"step {tenth}", at=tenth / 10, serial=f"C02AA{tenth % 5}")

    due = [look.due_at for look in looks(database)[before:]]
    assert due == [NOON + timedelta(seconds=seconds) for seconds in (10, 20, 30)]


def test_the_same_words_again_are_written_down_now_and_then(
    database: Database, registered: Callable[..., None]
) -> None:
    registered("C02AAA")
    minutes = Minutes(database)
    written = [minutes.hears("Localizing Mac", at=second) for second in range(61)]

    assert sum(written) == 5
    assert stands(database).heard_at == NOON + timedelta(seconds=60)
    assert len(looks(database)) == 2


def test_many_macs_report_at_once_and_each_is_heard(
    app: Flask, registered: Callable[..., None], database: Database
) -> None:
    serials = [f"C02LAB{number:02}" for number in range(40)]
    registered(*serials)
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


def test_a_registration_that_changed_meanwhile_is_not_written_over(
    database: Database, registered: Callable[..., None]
) -> None:
    registered("C02AAA")
    with database.reading() as session:
        known = reports.known(session, Serial.parse("C02AAA"))
    assert known
    with database.begin() as session:
        registrations.cancel(
            session, Serial.parse("C02AAA"), act=did(session, "cancelled", by="U0BOB")
        )
    change = reports.change(known, Report.parse("C02AAA", "error", "x"), datetime.now(UTC))
    assert change
    with pytest.raises(RegistrationChanged), database.begin() as session:
        reports.record(session, change)

    assert stands(database).state == "cancelled"
