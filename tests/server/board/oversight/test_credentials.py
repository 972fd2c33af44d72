"""Keys on the board: made, shown once and nowhere else, revoked, by named admins alone."""

import re

from sqlalchemy import select
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import METRICS, REPORTS, SCRIPTS, Credential
from tests.server.board.conftest import Browser, Browsers

KEY = re.compile(r"rollcall_[0-9a-f]{48}")


def found(database: Database) -> list[Credential]:
    with database.reading() as session:
        return list(session.scalars(select(Credential).order_by(Credential.id)))


def test_a_key_is_shown_once_and_opens_what_was_said(admin: Browser, database: Database) -> None:
    with capture_logs() as log:
        made = admin.post("/board/credentials", opens=SCRIPTS, site="LONDON")
    (key,) = KEY.findall(made.text)

    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "private, no-store"
    assert key not in str(log)
    assert "key made" in str(log)
    assert not KEY.search(admin.get("/board/credentials").text)
    with database.reading() as session:
        grant = credentials.find(credentials.known(session), key, SCRIPTS)
    assert grant is not None
    assert (grant.site, grant.opens) == ("london", SCRIPTS)


def test_a_key_is_revoked(admin: Browser, database: Database) -> None:
    admin.post("/board/credentials", opens=METRICS)

    assert admin.post("/board/credentials/1/revoke").location == "/board/credentials"
    assert found(database)[0].revoked_at is not None
    assert "/revoke" not in admin.get("/board/credentials").text
    assert admin.post("/board/credentials/99/revoke").status_code == 404


def test_what_makes_no_sense_makes_no_key(admin: Browser, database: Database) -> None:
    for fields, status in (
        ({"opens": "everything"}, 400),
        ({}, 400),
        ({"opens": METRICS, "site": "london"}, 400),
        ({"opens": REPORTS, "build": "design"}, 400),
        ({"opens": REPORTS, "site": "lundon"}, 404),
        ({"opens": "installapplications", "site": "london"}, 404),
    ):
        answer = admin.post("/board/credentials", None, **fields)
        assert (fields, answer.status_code) == (fields, status)
    assert found(database) == []
    made = admin.post(
        "/board/credentials", opens="installapplications", site="london", build="design"
    )
    assert (made.status_code, found(database)[0].build) == (200, "design")


def test_keys_are_for_admins_whom_the_policy_names(
    browsers: Browsers, admin: Browser, database: Database
) -> None:
    alice = browsers.of("U0ALICE")

    for browser in (alice, browsers.of("U0BOB")):
        assert "/board/credentials" not in browser.get("/board").text
        assert browser.get("/board/credentials").status_code == 403
        assert browser.post("/board/credentials", opens=METRICS).status_code == 403
        assert browser.post("/board/credentials/1/revoke").status_code == 403
    assert "/board/credentials" in admin.get("/board").text
    assert found(database) == []
