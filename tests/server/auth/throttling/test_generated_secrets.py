"""Keys and tokens that Rollcall made: they cannot be guessed, so they never wait."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import MANIFESTS, REPORTS, SCRIPTS
from provisioning.access.refusals import EARLY, EXPIRED
from provisioning.access.tokens import Tokens
from provisioning.munki import Destination
from server.auth.throttling import MAX_GUESSES, MAX_OF_NAME
from tests.fakes.imagr.reports import REPORT_KEY
from tests.fakes.mac.installapplications import basic
from tests.server.auth.throttling.callers import ELSEWHERE, LAB, Door
from tests.support.fixtures.doors import NOON
from tests.support.installation import SECRET_KEY
from tests.support.waiting import eventually

Made = Callable[..., str]


@pytest.fixture
def made(database: Database) -> Callable[[str, str | None], str]:
    """Make a key."""

    def make(opens: str, of: str | None) -> str:
        with database.begin() as session:
            return credentials.make(session, of, opens, NOON)

    return make


# Secrets that cannot be guessed
def test_a_key_that_we_made_never_waits(door: Door, made: Made) -> None:
    key = made(SCRIPTS, "london")
    door.guess_until_slowed(LAB)

    assert door.get(LAB, f"Bearer {key}").status_code == 200
    assert door.get(LAB, basic("london", key)).status_code == 200


def test_a_revoked_key_counts_once_and_waits_for_nobody(
    door: Door, made: Made, database: Database
) -> None:
    key = made(SCRIPTS, "london")
    assert door.get(LAB, f"Bearer {key}").status_code == 200
    with database.begin() as session:
        credentials.revoke(session, 1, NOON)
    eventually(lambda: door.get(LAB, f"Bearer {key}").status_code == 401)

    assert {door.get(LAB, f"Bearer {key}").status_code for _ in range(3 * MAX_GUESSES)} == {401}
    assert door.fetch(LAB).status_code == 200


def test_a_key_of_another_site_is_no_guess(door: Door, made: Made) -> None:
    key = made(SCRIPTS, "paris")

    statuses = {door.get(LAB, f"Bearer {key}").status_code for _ in range(3 * MAX_GUESSES)}

    assert statuses == {403}
    assert door.fetch(LAB).status_code == 200


def test_tokens_are_guessed_at_the_same_door_and_a_good_one_never_waits(door: Door) -> None:
    good = Tokens(SECRET_KEY, timedelta(hours=1)).issue(Destination("london", "design"))
    statuses = [door.ask(LAB, f"forged{number}") for number in range(MAX_GUESSES + 1)]

    assert statuses == [*MAX_GUESSES * [401], 429]
    assert door.fetch(LAB).status_code == 429
    assert door.ask(LAB, good) == 200


def test_a_forged_token_that_comes_again_and_again_counts_once(door: Door) -> None:
    assert {door.ask(LAB, "forged") for _ in range(3 * MAX_GUESSES)} == {401}
    assert door.fetch(LAB).status_code == 200


@pytest.mark.parametrize(
    ("hours", "reason"),
    [(-100, EXPIRED), (100, EARLY)],
    ids=["too old", "of a clock that ran ahead"],
)
def test_macs_with_a_token_of_another_time_are_told_and_keep_nobody_from_booting(
    door: Door, hours: int, reason: str
) -> None:
    """Each has one of its own: a script for one Mac."""
    then = (datetime.now(UTC) + timedelta(hours=hours)).timestamp()
    tokens = Tokens(SECRET_KEY, timedelta(hours=1), lambda: then)
    old = [tokens.issue(Destination("london", f"build{each}")) for each in range(3 * MAX_GUESSES)]

    with capture_logs() as lines:
        assert {door.ask(LAB, each) for each in old} == {401}

    assert {line["reason"] for line in lines if line["event"] == "refused"} == {reason}
    assert door.fetch(LAB).status_code == 200


# Reports, and the API
def test_an_old_key_for_reports_keeps_nobody_from_reporting_or_booting(door: Door) -> None:
    assert {door.report(LAB, "the-key-of-last-year") for _ in range(3 * MAX_GUESSES)} == {404}
    assert door.report(LAB, REPORT_KEY) == 200

    for number in range(2 * MAX_GUESSES):
        door.report(LAB, f"guess-{number}")
    assert door.report(LAB, "another-guess") == 429
    assert door.report(LAB, REPORT_KEY) == 200, "it was good from there"
    assert door.fetch(LAB).status_code == 200


def test_keys_for_reports_are_guessed_by_all_addresses_together(door: Door, made: Made) -> None:
    key = made(REPORTS, None)
    door.report(LAB, REPORT_KEY)
    statuses = [
        door.report(f"10.1.{number // 200}.{number % 200}", f"guess-{number}")
        for number in range(MAX_OF_NAME + 20)
    ]

    assert statuses.count(404) == MAX_OF_NAME
    assert door.report(ELSEWHERE, REPORT_KEY) == 429
    assert door.report(LAB, REPORT_KEY) == 200
    assert door.report(ELSEWHERE, key) == 200


def test_who_edits_manifests_with_a_good_key_never_waits(door: Door, made: Made) -> None:
    key, path = made(MANIFESTS, None), "/api/manifests"
    statuses = [
        door.get(LAB, f"Bearer guess{each}", path).status_code for each in range(MAX_GUESSES + 1)
    ]

    assert statuses == [*MAX_GUESSES * [401], 429]
    assert door.get(LAB, f"Bearer {key}", path).status_code == 200
    assert door.get(LAB, "Bearer guess0", path).status_code == 401
