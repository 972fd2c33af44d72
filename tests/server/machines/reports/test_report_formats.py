"""Formats of reports."""

import pytest
import structlog
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from tests.fakes.imagr.reports import Reporter
from tests.server.machines.reports.heard import events, how, stands
from tests.support.tables import for_each


@pytest.mark.parametrize("old", [True, False])
def test_reports_with_either_set_of_fields_are_understood(
    client: FlaskClient, mac: Reporter, database: Database, old: bool
) -> None:
    Reporter(client, "C02AAA", old=old).says("in_progress", "Restoring DMG: http://x/y?a=b&c=d+e")

    assert how(database) == ("imaging", "Restoring DMG: http://x/y?a=b&c=d+e")


@for_each(
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


@for_each(
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


def test_a_status_that_imagr_does_not_send_is_logged_and_hinders_no_imaging(mac: Reporter) -> None:
    with capture_logs() as lines:
        answer = mac.sends(b"status=asleep&serial=C02AAA&message=x")

    assert answer.status_code == 200
    reasons = [line["reason"] for line in lines if line["event"] == "report not understood"]
    assert reasons == ["There are no reports with the status 'asleep'."]
