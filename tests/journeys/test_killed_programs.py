"""A server that is killed while it does what a program asked for: the program asks again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import func, select, update

from infrastructure.database.engine import Database
from provisioning.access.programs import calls, tokens
from provisioning.access.programs.models import REGISTER, ApiCall
from provisioning.access.programs.tokens import TokenRequest
from provisioning.registrations.models import Operation, Registration
from tests.support.installation import Install, Installation
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

NOWHERE = "http://127.0.0.1:9/"
MACS = 5000
KEY = "delivery-9"


@pytest.fixture(params=["sqlite", "postgresql"])
def rollcall(
    request: pytest.FixtureRequest, tmp_path: Path, repo_folder: Path, install: Install
) -> Iterator[Installation]:
    """An installation on either database."""
    url = request.getfixturevalue("own_postgresql_url") if request.param == "postgresql" else None
    with install(tmp_path, repo_folder, NOWHERE, database_url=url) as rollcall:
        yield rollcall


def count(database: Database, *conditions: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(*conditions)) or 0


@soak_only("a call dies between its act and its answer beside the API's frame")
def test_an_act_that_was_killed_is_done_once_when_its_key_comes_again(
    rollcall: Installation,
) -> None:
    place = {"site": "london", "build": "design"}
    rows = [{"serial": f"VM-{number:05}", **place} for number in range(MACS)]
    with closing(Database(rollcall.environment["ROLLCALL_DATABASE_URL"])) as database:
        with database.begin() as session:
            wish = TokenRequest("desk", (REGISTER,))
            token = tokens.make(session, wish, made_by=None, at=datetime.now(UTC))

        def call() -> requests.Response:
            return requests.post(
                f"{rollcall.url}/api/v1/registrations/bulk",
                json={"rows": rows, "is_sure": True},
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": KEY},
                timeout=30,
            )

        rollcall.start("server")
        rollcall.wait_until_ready()
        with ThreadPoolExecutor(1) as program:
            first = program.submit(call)
            eventually(lambda: count(database, ApiCall.key == KEY) == 1)
            rollcall.kill("server")
            assert isinstance(first.exception(30), requests.ConnectionError)
        rollcall.start("server")
        rollcall.wait_until_ready()

        waiting = call()
        assert (waiting.status_code, waiting.json()["type"]) == (409, "/api/v1/#still-running")
        assert waiting.headers["Retry-After"] == "60"
        assert count(database, Registration.id.is_not(None)) == 0
        with database.begin() as session:  # a minute later
            session.execute(
                update(ApiCall).values(claimed_at=datetime.now(UTC) - calls.ATTEMPT_TIMEOUT)
            )
        done, again = call(), call()

        assert (done.status_code, again.content) == (200, done.content)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert count(database, Registration.id.is_not(None)) == MACS
        assert count(database, Operation.id.is_not(None)) == 1
