"""The address that Macs are given: the doctor's findings about who answers there."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug import Response

from infrastructure.database.engine import Database
from infrastructure.execution.deadlines import deadline
from provisioning.diagnostics import endpoints
from tests.provisioning.diagnostics.test_doctor import findings
from tests.support.fixtures.doors import Script
from tests.support.installation import SECRET_KEY
from tests.support.running.doors import machines_door
from tests.support.running.dripping import LONG, dripping
from tests.support.running.serving import served
from tests.support.running.settings import server_settings
from tests.support.tables import for_each

Answering = Callable[[int, dict[str, str]], str]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Serve one answer, with a status and headers; returns where."""
    with ExitStack() as servers:
        yield lambda status, headers: servers.enter_context(
            served(Response(status=status, headers=headers))
        )


def found(url: str, expected: str = "ours") -> list[str]:
    """The doctor's findings about an address."""
    return [str(finding) for finding in endpoints.leads_here(url, expected, datetime.now(UTC))]


def test_an_address_that_leads_to_this_installation_is_none(answering: Answering) -> None:
    assert found(answering(200, {endpoints.HEADER: "ours"})) == []


def test_an_address_that_redirects_is_told_as_that(answering: Answering) -> None:
    [finding] = found(answering(301, {"Location": "https://elsewhere.example.com/healthz"}))

    assert "redirects, which Imagr takes for a failure" in finding


def test_another_installation_and_what_is_none_are_told(answering: Answering) -> None:
    [other] = found(answering(200, {endpoints.HEADER: "theirs"}))
    [strange] = found(answering(200, {}))

    assert "Another installation answers" in other
    assert "Something that is not Rollcall answers" in strange


def test_a_clock_is_compared_whatever_the_date_looks_like(answering: Answering) -> None:
    for date, is_told in (
        ("Mon, 02 Mar 2026 12:00:00 -0000", True),  # UTC, for which a parser has no time zone
        ("Mon, 02 Mar 2026 12:00:00 GMT", True),
        (f"Mon, 02 Mar {'9' * 30} 12:00:00 GMT", False),
        ("soon", False),
    ):
        told = found(answering(200, {endpoints.HEADER: "ours", "Date": date}))
        assert ("The clock of" in str(told)) is is_told, date


def test_an_address_that_drips_its_answer_holds_up_no_doctor() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\nX: ") as there, deadline(0.2):
        begun = time.monotonic()
        list(endpoints.leads_here(f"http://{there}", None, datetime.now(UTC)))
    with dripping(b"\x16\x03\x03\x40\x00\x02") as there, deadline(0.2), suppress(OSError):
        endpoints.expiry(f"https://{there}")
    assert time.monotonic() - begun < LONG


@for_each(
    ("key", "told"),
    [(SECRET_KEY, None), ("another0another1another2another3", "Another installation answers at ")],
)
def test_the_doctor_knows_an_installation_by_its_secret_key(
    script: Script, repo_folder: Path, database: Database, key: str, told: str | None
) -> None:
    there = machines_door(server_settings(repo_folder, ROLLCALL_SECRET_KEY=key), database)
    with served(there) as url:
        app = machines_door(server_settings(repo_folder, BOOTSTRAP_URL=url), database)
        said = findings(app, script)

    assert f"{told}{url}" in said if told else said == "database: ok\nrepo: ok\n"


def test_an_address_that_leads_nowhere_is_told(
    script: Script, repo_folder: Path, database: Database
) -> None:
    here = server_settings(repo_folder, BOOTSTRAP_URL="http://127.0.0.1:9")

    said = findings(machines_door(here, database), script)

    assert "http://127.0.0.1:9/ cannot be reached from here" in said
