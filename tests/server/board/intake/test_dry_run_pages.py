"""Pages of dry runs and batches: who sees them, in which order, and how much of them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle, reading
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.models import READ
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.maintenance.acts import intake
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.maintenance.acts.import_rights import visible
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card, Notification
from provisioning.values.serials import Serial
from tests.server.board.conftest import Browser, Browsers
from tests.server.board.intake.conftest import (
    FIRST,
    HOSTILE,
    LIST,
    SECOND,
    HandIn,
    registered,
    seen,
)


def test_rows_that_need_a_person_come_first(alice: Browser, hand_in: HandIn) -> None:
    path = hand_in(alice, f"Serial,Site,Build\n{FIRST},london,design\nC02XG0FDJGHO,london,design\n")
    page = alice.get(path).text

    assert page.index("C02XG0FDJGHO") < page.index(FIRST)


def test_the_list_of_dry_runs_reads_nobodys_rows(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    hand_in(alice, LIST)
    actor = Actor("U0BOB", "board")
    bob = Principal(actor, datetime.now(UTC), database, lambda *_: None, lambda _: None)

    (found,) = intake.listed(database, visible(bob, ()), (READ,), limit=2)

    assert {"sources", "reading"} <= inspect(found).unloaded


def test_what_slack_shows_one_person_is_not_shown_to_another(
    browsers: Browsers, alice: Browser, bob: Browser, database: Database, repo: MunkiRepo
) -> None:
    now = datetime.now(UTC)
    result = ParseResult((Entry(Serial(FIRST), "london", "design"),))
    with database.begin() as session:
        for channel in (None, "U0ALICE", "C0IMAGING"):
            imported = lifecycle.keep(session, result, Submission("U0ALICE", "file", now))
            lifecycle.show(session, imported, DestinationIndex(repo.now()), at=now)
            if channel:
                card = outbox.open_card(session, Card(kind=IMPORT, channel=channel, created_at=now))
                reading.start(session, imported, [], card, quiet=False)

    for browser, numbers in ((alice, {1, 2, 3}), (bob, {3}), (browsers.of("U0ADMIN"), {1, 2, 3})):
        found = {
            number
            for number in (1, 2, 3, 4, 2**31 - 1)
            if browser.get(f"/board/imports/{number}").status_code == 200
        }
        assert found == numbers
    for act in ("register", "drop", "choose", "rows", "rows/alike", "rows/undo", "undo"):
        assert bob.post(f"/board/imports/1/{act}").status_code == 404, act
    assert bob.get("/board/imports/1/dry-run.csv").status_code == 404
    assert bob.get("/board/batches/1").status_code == 404  # a card, and of another kind
    assert bob.get(f"/board/imports/{2**31}").status_code == 404


def test_a_dry_run_of_slack_is_finished_here_and_its_card_follows(
    bob: Browser, database: Database, repo: MunkiRepo
) -> None:
    now = datetime.now(UTC)
    result = ParseResult((Entry(Serial(FIRST), "london", "design"),))
    with database.begin() as session:
        imported = lifecycle.keep(session, result, Submission("U0ALICE", "file", now))
        card = Card(kind=IMPORT, channel="C0IMAGING", created_at=now)
        session.add(card)
        session.flush()
        imported.card_id = card.id
        lifecycle.show(session, imported, DestinationIndex(repo.now()), at=now)
        path, before = f"/board/imports/{imported.id}", len(outbox_of(session, card))

    assert 'href="/board/imports/1"' in bob.get("/board/batches").text
    bob.post(f"{path}/register", None, seen=seen(bob, path))

    assert [row[:3] for row in registered(database)] == [(FIRST, "london", "design")]
    with database.reading() as session:
        assert len(outbox_of(session, card)) == before + 1
        with pytest.raises(NotOpen):
            lifecycle.waiting(session, 1)


def outbox_of(session: Session, card: Card) -> list[Notification]:
    """The messages that draw a card, those that wait and others."""
    query = select(Notification).where(Notification.card_id == card.id)
    return list(session.scalars(query))


def test_a_long_dry_run_has_pages_a_file_and_is_not_sent_twice(
    alice: Browser, hand_in: HandIn
) -> None:
    serials = [f"C02XG0F{number:03d}H5" for number in range(150)]
    path = hand_in(alice, "\n".join(f"{serial} london design" for serial in serials))
    first = alice.get(path)
    last = alice.get(f"{path}?page=99").text

    assert "Page 1 of 2" in first.text
    assert "Page 2 of 2" in last
    assert alice.get(path, If_None_Match=first.headers["ETag"]).status_code == 304
    whole = alice.get(f"{path}/dry-run.csv")
    assert whole.text.count("london,design,new") == 150
    assert whole.headers["Content-Disposition"] == 'attachment; filename="dry-run-1.csv"'


def test_batches_have_pages_and_hostile_text_does_nothing(alice: Browser, hand_in: HandIn) -> None:
    for serial in (FIRST, SECOND):
        path = hand_in(alice, f"{serial} london design", note=HOSTILE)
        alice.post(f"{path}/register", None, seen=seen(alice, path))
    hand_in(alice, f"{HOSTILE}, C02ZZ1QWLVDN named {HOSTILE}", note=HOSTILE)

    listed = alice.get("/board/batches").text
    older = alice.get("/board/batches?before=2").text
    page = alice.get("/board/imports/3").text

    assert (listed.count("1 Mac for london / design"), listed.count("being read")) == (2, 0)
    assert older.count("1 Mac for london / design") == 1
    for text in (listed, older, page, alice.get("/board/batches/1").text):
        assert "<script>alert" not in text
    for number in (99, 2**31 - 1):
        assert alice.get(f"/board/batches/{number}").status_code == 404
