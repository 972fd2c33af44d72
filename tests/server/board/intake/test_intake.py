"""Macs handed in on the board: read by the job runner, shown, registered once, and undone."""

import html
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle, reading, sources
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.models import DROPPED, READ, READING, REGISTERED, HandedInFile, Import
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.maintenance.acts import Actor
from provisioning.maintenance.intake import Editor, Intake, visible
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox.models import CARD, IMPORT, Card, Notification
from provisioning.registrations.models import Operation
from provisioning.values.serials import Serial
from tests.server.board.conftest import ORIGIN, Browser, Browsers
from tests.server.board.intake.conftest import FIRST, SECOND, registered, seen, stored
from tests.server.machines.asked import owed
from tests.support.tables import for_each

HandIn = Callable[..., str]
HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"
LIST = f"Serial,Site,Build\n{FIRST},london,design\n{SECOND},new york,basic\n"


def files(*named: tuple[str, bytes]) -> list[tuple[BytesIO, str]]:
    """Files for a form."""
    return [(BytesIO(content), name) for name, content in named]


@pytest.mark.postgresql
def test_a_list_becomes_a_dry_run_and_then_batches_with_cards(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    sent = alice.post("/board/hand-in", None, text=LIST, note="pallet 7")
    waiting = alice.get(sent.location).text
    path = hand_in(alice, LIST, note="pallet 7")
    page = alice.get(path).text

    assert "It is being read" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "2 Macs can be registered" in page
    assert "pallet 7" in page
    assert registered(database) == []

    done = alice.post(f"{path}/register", None, seen=seen(alice, path))
    after = alice.get(done.location).text
    assert (done.status_code, done.location) == (303, path)
    assert "Registered 2 Macs" in after
    assert "By Alice &lt;b&gt;" in after
    assert [row[:3] for row in registered(database)] == [
        (FIRST, "london", "design"),
        (SECOND, "new york", "basic"),
    ]
    assert len(owed(database, CARD)) == 2  # one for each place, in the channel

    batch = after.split('href="/board/batches/')[1].split('"')[0]
    shown = alice.get(f"/board/batches/{batch}").text
    assert FIRST in shown
    assert "Registered: 1 Mac, by Alice &lt;b&gt; (board)" in shown
    listed = alice.get("/board/batches").text
    assert "1 Mac for london / design" in listed
    assert alice.post(f"{path}/undo").status_code == 303
    assert {row[3] for row in registered(database)} == {"cancelled"}
    assert "Undone by Alice" in alice.get(path).text


def test_what_is_registered_twice_is_registered_once(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"{FIRST} london design")
    digest = seen(alice, path)

    answers = [each.post(f"{path}/register", None, seen=digest) for each in (alice, alice, bob)]
    dropped = bob.post(f"{path}/drop", None, seen=digest)

    assert {(each.status_code, each.location) for each in answers} == {(303, path)}
    assert (dropped.status_code, stored(database)[0].state) == (303, REGISTERED)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Operation)) == 1


def test_a_form_that_is_sent_twice_is_one_import(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    once = alice.get("/board/hand-in").text.split('name="once" value="')[1].split('"')[0]

    first, second = (hand_in(alice, FIRST, once=once) for _ in range(2))
    other = hand_in(alice, SECOND, once=once)

    assert first == second != other
    assert len(stored(database)) == 2


def test_files_are_kept_in_the_request_and_read_by_the_job(
    alice: Browser, database: Database, work_all: Callable[[], None]
) -> None:
    sent = alice.post(
        "/board/hand-in",
        None,
        text=f"{SECOND} london design",
        files=files(("../../x.csv", LIST.encode()), ("<script>alert(1).exe", b"MZ")),
        photos=files(("label.jpg", b"no photo")),
    )
    (handed_in,) = stored(database)
    names = [source.get("name") for source in handed_in.sources]

    assert (handed_in.state, handed_in.via) == (READING, "board")
    assert names == [None, "x.csv", "<script>alert(1).exe", "label.jpg"]
    work_all()
    page = alice.get(sent.location).text
    assert FIRST in page
    assert "<script>alert" not in page
    assert "x.csv, line 2" in page
    assert "Cannot be read: 2" in page
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(HandedInFile)) == 0


def test_files_that_a_script_sent_ahead_are_handed_in_by_their_numbers(
    alice: Browser, bob: Browser, hand_in: HandIn
) -> None:
    numbers = [
        alice.post("/board/hand-in/files", None, files=files((name, LIST.encode()))).text
        for name in ("one.csv", "two.csv")
    ]

    stolen = bob.post("/board/hand-in", None, sent=numbers)
    path = hand_in(alice, sent=numbers)
    again = alice.post("/board/hand-in", None, sent=numbers)

    assert stolen.status_code == again.status_code == 409
    assert "one.csv, line 2" in alice.get(path).text


@for_each(
    "fields, status, words",
    [
        ({}, 400, "no text and no file"),
        ({"text": "  \n "}, 400, "no text and no file"),
        ({"files": files(*[("x.csv", b"x")] * 11)}, 413, "11 files"),
        ({"sent": "99"}, 409, "not here any more"),
        ({"sent": "-1"}, 400, "no text and no file"),
        ({"text": FIRST, "site": "lundon"}, 404, "no site named"),
        ({"text": FIRST, "build": HOSTILE}, 404, "no build named"),
    ],
)
def test_what_cannot_be_handed_in_is_refused(
    fields: dict[str, Any], status: int, words: str, alice: Browser, database: Database
) -> None:
    answer = alice.post("/board/hand-in", None, **fields)

    assert (answer.status_code, words in html.unescape(answer.text)) == (status, True)
    assert "<script>alert" not in answer.text
    assert stored(database) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(
    alice: Browser, database: Database
) -> None:
    for path, size, is_told in (
        ("/board/hand-in", sources.LARGEST + 1, True),
        ("/board/hand-in/files", sources.LARGEST + 1, True),
        ("/board/hand-in", sources.LARGEST_FORM, False),
        ("/board/imports/1/register", 100_000, False),
    ):
        answer = post_file(alice, path, size)
        assert (path, size, answer.status_code) == (path, size, 413)
        assert ("it has more than 20 MB" in answer.text) == is_told
    assert post_file(alice, "/board/hand-in/files", sources.LARGEST).text == "1"
    with database.reading() as session:
        assert session.scalars(select(HandedInFile.size)).all() == [sources.LARGEST]


def post_file(browser: Browser, path: str, size: int) -> TestResponse:
    """Send a form with a file of so many bytes; Flask's client would leave a file open."""
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{browser.token}\r\n',
        '--x\r\nContent-Disposition: form-data; name="files"; filename="large.csv"\r\n\r\n',
    )
    return browser.client.post(
        path,
        data="".join(parts).encode() + bytes(size) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"Origin": ORIGIN},
        base_url=ORIGIN,
    )


def test_a_bomb_is_told_with_its_reason(alice: Browser, hand_in: HandIn) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40_000_000))

    path = hand_in(alice, files=files(("bomb.xlsx", packed.getvalue())))

    page = alice.get(path).text
    assert "0 Macs can be registered" in page
    assert "Cannot be read: 1" in page
    assert "bomb.xlsx" in page


def test_the_choices_of_the_form_hold_for_what_names_none(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, FIRST, site="london")
    page = alice.get(path).text

    assert "Build of the Macs that name none" in page
    assert "Site of the Macs that name none" not in page
    for name in ("lundon", "x\0" * 300):
        assert alice.post(f"{path}/choose", None, build=name).status_code == 404
    assert alice.post(f"{path}/choose", None, build="design").status_code == 303
    assert "london / design" in alice.get(path).text
    alice.post(f"{path}/register", None, seen=seen(alice, path))
    assert registered(database) == [(FIRST, "london", "design", "waiting")]


def test_a_dry_run_that_changed_meanwhile_is_not_registered(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"{FIRST} london")
    before = seen(alice, path)
    alice.post(f"{path}/choose", None, build="design")

    for act in ("register", "drop"):
        refused = alice.post(f"{path}/{act}", None, seen=before)
        assert (refused.status_code, "Somebody changed this dry run" in refused.text) == (409, True)
    assert stored(database)[0].state == READ
    assert alice.post(f"{path}/drop", None, seen=seen(alice, path)).status_code == 303
    assert stored(database)[0].state == DROPPED
    assert "Dropped" in alice.get(path).text


def test_the_policy_holds_for_what_is_handed_in(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"{FIRST} paris design")
    page = alice.get(path).text

    refused = alice.post(f"{path}/register", None, seen=seen(alice, path))

    assert "You may not register Macs for Paris." in page
    assert '<button disabled aria-describedby="why-0">Register 1 Mac<' in page
    assert (refused.status_code, registered(database)) == (403, [])
    assert bob.post(f"{path}/register", None, seen=seen(bob, path)).status_code == 303
    assert [row[1] for row in registered(database)] == ["paris"]
    theirs = hand_in(bob, f"{SECOND} paris design")
    assert '<button disabled aria-describedby="why-0">Drop<' in alice.get(theirs).text
    kept = alice.post(f"{theirs}/drop", None, seen=seen(bob, theirs))
    assert (kept.status_code, stored(database)[1].state) == (403, READ)


def test_what_an_approval_includes_is_for_who_may_register_there(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(bob, f"{SECOND} paris design")
    bob.post(f"{path}/register", None, seen=seen(bob, path))
    path = hand_in(alice, f"Serial,Site,Build\nC02XG0FDJGHO,paris,design\n{SECOND},london,design\n")
    page = alice.get(path).text
    assert page.index("C02XG0FDJGHO") < page.index(SECOND)

    for kind, named in (("doubtful", "Paris"), ("conflict", "Paris"), ("doubtful conflict", "")):
        refused = alice.post(f"{path}/register", None, seen=seen(alice, path), including=kind)
        assert (refused.status_code, f"Macs for {named}" in refused.text) == (403, True), kind
    assert [row[:2] for row in registered(database)] == [(SECOND, "paris")]


def test_rows_that_need_a_person_come_first(alice: Browser, hand_in: HandIn) -> None:
    path = hand_in(alice, f"Serial,Site,Build\n{FIRST},london,design\nC02XG0FDJGHO,london,design\n")
    page = alice.get(path).text

    assert page.index("C02XG0FDJGHO") < page.index(FIRST)


def test_macs_of_a_site_that_is_not_ones_own_are_not_offered_to_be_moved(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(bob, f"{FIRST} paris design")
    bob.post(f"{path}/register", None, seen=seen(bob, path))
    path = hand_in(alice, f"{FIRST} london design\n{SECOND} london design")

    page = alice.get(path).text
    refused = alice.post(f"{path}/register", None, seen=seen(alice, path), including="conflict")

    assert '<button class="primary">Register 1 Mac<' in page
    assert '<button disabled aria-describedby="why-0">Move 1 conflict too<' in page
    assert "You may not register Macs for Paris." in page
    assert refused.status_code == 403


def test_the_list_of_dry_runs_reads_nobodys_rows(
    alice: Browser, database: Database, repo: MunkiRepo, hand_in: HandIn
) -> None:
    hand_in(alice, LIST)
    editor = Editor(Actor("U0BOB", "board"), is_admin=False, permit=lambda *_: None)

    intake = Intake(database, repo, str, lambda: datetime.now(UTC))
    (found,) = intake.listed(visible(editor, ()), (READ,), limit=5)

    assert {"sources", "reading"} <= inspect(found).unloaded


def test_what_slack_shows_one_person_is_not_shown_to_another(
    browsers: Browsers, alice: Browser, bob: Browser, database: Database, repo: MunkiRepo
) -> None:
    now = datetime.now(UTC)
    result = ParseResult((Entry(Serial(FIRST), "london", "design"),))
    with database.begin() as session:
        for channel in (None, "U0ALICE", "C0IMAGING"):
            imported = lifecycle.keep(session, result, Submission("U0ALICE", "file", now))
            assert imported is not None
            lifecycle.show(session, imported, DestinationIndex(repo.now()), at=now)
            if channel:
                card = Card(key=channel, kind=IMPORT, channel=channel, created_at=now)
                reading.start(session, imported, [], card, quiet=False)

    for browser, numbers in (
        (alice, {1, 2, 3}),
        (bob, {3}),
        (browsers.of("U0ADMIN"), {1, 2, 3}),
    ):
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
        assert imported is not None
        card = Card(key="k", kind=IMPORT, channel="C0IMAGING", created_at=now)
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


def test_a_form_of_another_site_hands_nothing_in(alice: Browser, database: Database) -> None:
    for path in ("/board/hand-in", "/board/hand-in/files"):
        foreign = alice.post(path, {"Origin": "https://evil.example"}, text=FIRST)
        bare = alice.client.post(path, data={"text": FIRST}, headers={"Origin": "null"})
        assert (foreign.status_code, bare.status_code) == (403, 303), path  # to sign in
    assert stored(database) == []


def test_a_page_that_waits_says_what_may_be_the_matter(alice: Browser, database: Database) -> None:
    sent = alice.post("/board/hand-in", None, text=FIRST)
    assert "longer than usual" not in alice.get(sent.location).text
    with database.begin() as session:
        session.execute(update(Import).values(created_at=datetime.now(UTC) - timedelta(minutes=1)))
    assert "longer than usual" in alice.get(sent.location).text


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


def test_batches_have_pages_and_hostile_text_does_nothing(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
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
