"""Webhooks on the board: made, tried, given another key and ended, by named admins alone."""

import re
from typing import Any

import pytest

from infrastructure.database.engine import Database
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.hooks import HookStatus
from provisioning.outbox.models import PARKED, Notification
from rollcall.settings import ServerSettings
from tests.server.board.conftest import Browser, Browsers

KEY = re.compile(r"whsec_[A-Za-z0-9+/=&#;]+")
URL = "https://inventory.example.com/rollcall"


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server whose policy allows webhooks in a network of its own."""
    assert server_settings.policy is not None
    with server_settings.policy.open("a") as file:
        file.write('[webhooks]\nallow = ["10.1.0.0/16"]\n')
    return server_settings


def found(database: Database) -> list[HookStatus]:
    with database.reading() as session:
        return list(hooks.listed(session))


def test_a_webhook_goes_through_its_life_on_the_board(admin: Browser, database: Database) -> None:
    made = admin.post(
        "/board/webhooks", url=URL, description="<b>stock</b>", types="mac.failed", sites="LONDON"
    )
    assert KEY.search(made.text)
    (status,) = found(database)
    assert (status.hook.types, status.hook.sites) == (["mac.failed"], ["london"])
    assert status.hook.made_by == "U0ADMIN"
    page = admin.get("/board/webhooks").text
    assert not KEY.search(page)
    assert "&lt;b&gt;stock" in page
    assert "Nothing is set aside." in page

    assert admin.post("/board/webhooks/1/test").location == "/board/webhooks"
    assert admin.post("/board/webhooks/1/replay").location == "/board/webhooks"
    assert found(database)[0].pending == 1
    assert KEY.search(admin.post("/board/webhooks/1/key").text)
    assert admin.post("/board/webhooks/1/end").location == "/board/webhooks"
    assert found(database)[0].hook.ended_by == "U0ADMIN"
    assert admin.post("/board/webhooks/1/test").status_code == 404
    assert "/test" not in admin.get("/board/webhooks").text


def test_one_in_a_network_that_the_policy_allows_is_made(
    admin: Browser, database: Database
) -> None:
    assert KEY.search(admin.post("/board/webhooks", url="http://10.1.2.3/hook").text)
    assert len(found(database)) == 1


def test_the_reason_is_that_of_what_is_set_aside_where_something_is(
    admin: Browser, database: Database
) -> None:
    admin.post("/board/webhooks", url=URL)
    for _ in range(2):
        admin.post("/board/webhooks/1/test")
    with database.begin() as session:
        session.get_one(Notification, 1).reason = "its name is not known"
    assert "2 (its name is not known)" in admin.get("/board/webhooks").text

    with database.begin() as session:
        row = session.get_one(Notification, 2)
        row.state, row.reason = PARKED, "a <b> 500"
    page = admin.get("/board/webhooks").text
    assert "1 (a &lt;b&gt; 500)" in page
    assert "its name is not known" not in page


def test_a_form_with_faults_makes_no_webhook(admin: Browser, database: Database) -> None:
    rows: tuple[tuple[dict[str, Any], int], ...] = (
        ({"url": ""}, 400),
        ({"url": "javascript:alert(1)"}, 400),
        ({"url": "http://127.0.0.1:9000/hook"}, 400),
        ({"url": "https://user:password@example.com"}, 400),
        ({"url": URL, "types": "mac.gone"}, 400),
        ({"url": URL, "sites": "lundon"}, 404),
    )
    for fields, status in rows:
        assert admin.post("/board/webhooks", **fields).status_code == status, fields
    assert admin.post("/board/webhooks/1/delete").status_code == 405
    assert found(database) == []


def test_nobody_else_sees_or_changes_webhooks(browsers: Browsers, database: Database) -> None:
    alice = browsers.of("U0ALICE")

    assert alice.get("/board/webhooks").status_code == 403
    assert alice.post("/board/webhooks", url=URL).status_code == 403
    assert alice.post("/board/webhooks/1/end").status_code == 403
    assert "/board/webhooks" not in alice.get("/board").text
    assert found(database) == []
