"""Webhooks by the API: for admins whom the policy names, with keys that are shown once."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.access.programs.calls import ATTEMPT_TIMEOUT
from provisioning.access.programs.models import ApiCall
from provisioning.monitoring.webhooks import events
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.outbox.models import PARKED, WEBHOOK, Notification
from tests.server.api.v1.conftest import Program, make_token
from tests.server.board.conftest import read_people
from tests.support.installation import ROOT
from tests.support.tables import for_each

PAGE = ROOT / "docs/how-to/webhooks.md"

WISH = {"url": "https://inventory.example/hook", "types": ["mac.confirmed"], "sites": ["LONDON"]}


pytestmark = pytest.mark.policy('admins = ["U0ADMIN"]\n')


def test_a_webhook_is_made_and_its_key_is_shown_once(program: Program) -> None:
    made = program.post("/webhooks", WISH)

    key = made.get_json()["key"]
    assert (made.status_code, key[:6]) == (201, "whsec_")
    assert made.headers["Location"] == "/api/v1/webhooks/1"
    one = program.get("/webhooks/1")
    assert (one.get_json()["sites"], one.get_json()["pending"]) == (["london"], 0)
    assert key not in one.text + program.get("/webhooks").text


@pytest.mark.policy('admins = ["U0ADMIN"]\n[webhooks]\nallow = ["10.1.0.0/16"]\n')
def test_one_in_a_network_that_the_policy_allows_is_made(program: Program) -> None:
    made = [program.post("/webhooks", {"url": f"http://10.{n}.2.3/hook"}) for n in (1, 2)]

    assert [each.status_code for each in made] == [201, 400]


def test_the_line_of_the_page_makes_one(program: Program) -> None:
    [line] = re.findall(r"^    (curl (?:.*\\\n)*.*)$", PAGE.read_text(), re.MULTILINE)
    words = shlex.split(line.replace("\\\n", ""))
    headers = dict(words[n + 1].split(": ") for n, word in enumerate(words) if word == "--header")
    body, path = json.loads(words[words.index("--json") + 1]), words[-1].partition("/api/v1")[2]

    key = {"Idempotency_Key": headers["Idempotency-Key"]}
    made, again = (program.post(path, body, **key) for _ in range(2))

    assert (made.status_code, made.data) == (201, again.data)
    assert program.get("/webhooks/1").get_json()["types"] == ["mac.confirmed"]


def test_a_key_is_changed_by_who_saw_the_webhook(program: Program) -> None:
    first = program.post("/webhooks", WISH).get_json()["key"]
    etag = program.get("/webhooks/1").headers["ETag"]

    changed = program.post("/webhooks/1/key", If_Match=etag)
    late = program.post("/webhooks/1/key", If_Match=etag)

    assert changed.get_json()["key"] != first
    assert changed.get_json()["former_until"]
    assert late.status_code == 412


def test_a_test_is_sent_and_what_was_set_aside_is_sent_again(
    program: Program, database: Database
) -> None:
    program.post("/webhooks", WISH)

    assert program.post("/webhooks/1/test").get_json()["pending"] == 1
    with database.begin() as session:
        session.execute(update(Notification).values(state=PARKED, reason="it answered 500"))
    seen = program.get("/webhooks/1").get_json()
    assert (seen["parked"], seen["reason"]) == (1, "it answered 500")
    assert program.post("/webhooks/1/replay").get_json() == {"messages": 1}


def test_a_webhook_shows_what_waits_for_it_also_to_who_has_seen_it(program: Program) -> None:
    """Its version is for changes of it, and stays the same."""
    program.post("/webhooks", WISH)
    seen = program.get("/webhooks/1").headers["ETag"]
    program.post("/webhooks/1/test")

    again = program.send("GET", "/webhooks/1", headers={"If-None-Match": seen})

    assert (again.status_code, again.get_json()["pending"]) == (200, 1)
    assert program.post("/webhooks/1/key", If_Match=seen).status_code == 200


def test_a_replay_whose_answer_was_lost_is_not_done_twice(
    program: Program, database: Database
) -> None:
    """It is done in transactions of its own: the server may die before it keeps the answer."""
    program.post("/webhooks", WISH)
    program.post("/webhooks/1/test")
    with database.begin() as session:
        session.execute(update(Notification).values(state=PARKED))
    first = program.post("/webhooks/1/replay", Idempotency_Key="again")
    with database.begin() as session:  # as it was before the answer was kept, a while ago
        died = {"status": None, "body": None, "claimed_at": datetime.now(UTC) - 2 * ATTEMPT_TIMEOUT}
        session.execute(update(ApiCall).where(ApiCall.key == "again").values(**died))

    second = program.post("/webhooks/1/replay", Idempotency_Key="again")

    assert (first.get_json(), second.get_json()) == ({"messages": 1}, {"messages": 0})
    with database.reading() as session:
        assert len(session.scalars(select(Notification)).all()) == 1


def test_an_ended_webhook_is_sent_nothing_and_is_still_shown(
    program: Program, database: Database
) -> None:
    program.post("/webhooks", WISH)
    program.post("/webhooks/1/test")

    ended = program.change("/webhooks/1/end")

    assert ended.get_json()["ended_at"]
    assert program.get("/webhooks/1").get_json()["ended_at"]
    assert program.post("/webhooks/1/test").status_code == 404
    FanOut(database).step()
    with database.reading() as session:
        owed = select(Notification).where(Notification.transport == WEBHOOK)
        assert session.scalars(owed).all() == []


@for_each(
    "wish",
    [
        {"url": "ftp://inventory.example"},
        {"url": "https://10.1.2.3/hook"},
        {"url": "https://me:secret@inventory.example"},
        {**WISH, "types": ["mac.sold"]},
    ],
)
def test_what_cannot_be_served_is_refused_with_the_reason(program: Program, wish: Any) -> None:
    answer = program.post("/webhooks", wish)

    assert (answer.status_code, answer.get_json()["type"]) == (400, "/api/v1/#unusable-hook")


def test_tokens_of_named_admins_for_all_sites_alone_manage_webhooks(
    program_with: Callable[[str], Program], database: Database
) -> None:
    read_people(database)
    tokens = [
        make_token(database, made_by="U0ADMIN"),
        make_token(database, made_by="U0ALICE"),
        make_token(database, sites=["london"]),
    ]

    statuses = [program_with(token).get("/webhooks").status_code for token in tokens]

    assert statuses == [200, 403, 403]


def test_the_document_has_each_message_that_is_sent(document: dict[str, Any]) -> None:
    assert set(document["webhooks"]) == {*events.TYPES, events.TEST}
    mac = document["webhooks"][events.CONFIRMED]["post"]["requestBody"]["content"]
    reference = mac["application/json"]["schema"]["properties"]["data"]["$ref"]
    assert "serial" in document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
