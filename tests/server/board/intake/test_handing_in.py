"""Macs handed in on the board: read by the job runner, shown, registered, and undone."""

import html
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.imports import sources
from provisioning.imports.models import READING, HandedInFile, Import
from provisioning.outbox.models import CARD
from tests.server.board.conftest import ORIGIN, Browser
from tests.server.board.intake.conftest import (
    FIRST,
    HOSTILE,
    LIST,
    SECOND,
    HandIn,
    registered,
    seen,
    stored,
)
from tests.server.machines.asked import owed
from tests.support.tables import for_each


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


def test_a_form_that_is_sent_twice_is_one_import(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    once = alice.get("/board/hand-in").text.split('name="once" value="')[1].split('"')[0]

    first, other, again = (hand_in(alice, each, once=once) for each in (FIRST, SECOND, FIRST))

    assert first == again != other
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
