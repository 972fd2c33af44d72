"""The server of news: who hears, what is told, and what becomes of those who hold it up."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.access.accounts.models import Account, BrowserSession, Screen
from provisioning.registrations.models import Registration
from rollcall.webserver.limits import Limits
from rollcall.webserver.live.connections import MAX_UNSENT, BoardConnection
from tests.rollcall.webserver.live.conftest import ORIGIN, QUICK, Board, Live, serving


def test_a_board_hears_the_ids_of_macs_that_change_and_nothing_else(live: Live) -> None:
    board = live.board()
    live.register("C02AAA", "C02BBB")

    said = board.hear("data: 1,2\n")

    head, _, told = said.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK")
    for header in (
        "Content-Type: text/event-stream",
        "Cache-Control: no-store, no-transform",
        "X-Accel-Buffering: no",
    ):
        assert header in head
    assert "C02" not in told


def test_a_page_of_one_mac_hears_of_that_one(live: Live) -> None:
    live.register("C02AAA")
    board, other = live.board(query="?mac=1"), live.board(query="?mac=2")
    live.register("C02BBB")
    other.hear("data: 2\n")
    with live.database.begin() as session:
        now = datetime.now(UTC)
        session.execute(
            update(Registration)
            .where(Registration.id == 1)
            .values(state="imaging", heard_at=now, step="Restoring")
        )

    assert "data: 2\n" not in board.hear("data: 1\n")


def test_only_who_is_in_hears_and_only_pages_of_the_board(live: Live) -> None:
    cookie = live.cookie()
    for headers, path, status in (
        ([], "/board/live", 401),
        (["Cookie: __Host-rollcall=guessed"], "/board/live", 401),
        (['Cookie: ;;=; a b="; __Host-rollcall-screen=guessed'], "/board/live", 401),
        ([cookie, "Origin: https://evil.example"], "/board/live", 403),
        ([cookie, "Sec-Fetch-Site: cross-site"], "/board/live", 403),
        ([cookie, "Sec-Fetch-Site: same-site"], "/board/live", 403),
        ([cookie], "/board", 404),
        ([], "/healthz", 200),
    ):
        said = Board(live.port, *headers, path=path).until_the_end()
        assert said.startswith(f"HTTP/1.1 {status} "), (headers, path, said)
        assert "Access-Control" not in said
    live.board(cookie, f"Origin: {ORIGIN}", "Sec-Fetch-Site: same-origin")


def test_a_screen_hears_until_it_is_revoked(live: Live) -> None:
    token, now = "s" * 43, datetime.now(UTC)
    with live.database.begin() as session:
        new = Screen(digest=hashlib.sha256(token.encode()).hexdigest(), agent="TV")
        new.paired_by, new.paired_at, new.seen_at = "U0ALICE", now, now
        session.add(new)
    board = live.board(f"Cookie: __Host-rollcall-screen={token}")
    with live.database.begin() as session:
        session.execute(update(Screen).values(revoked_at=now))

    assert board.until_the_end().endswith("event: over\ndata:\n\n")


@pytest.mark.parametrize("how", ["revoked", "expired", "refused"])
def test_a_connection_ends_with_its_session_and_others_go_on(live: Live, how: str) -> None:
    other, board = live.board(live.cookie("U0BOB")), live.board()
    now = datetime.now(UTC)
    with live.database.begin() as session:
        alice = BrowserSession.account_id == "U0ALICE"
        if how == "refused":
            refused: dict[str, object] = {"template": "you are a guest", "many": None, "facts": {}}
            session.execute(update(Account).where(Account.id == "U0ALICE").values(refusal=refused))
        else:
            column = {"revoked": "revoked_at", "expired": "expires_at"}[how]
            session.execute(update(BrowserSession).where(alice).values({column: now}))

    assert board.until_the_end().endswith("event: over\ndata:\n\n")
    live.register("C02AAA")
    other.hear("data: 1\n")


def test_who_comes_back_hears_what_was_missed(live: Live) -> None:
    board = live.board()
    live.register("C02AAA")
    said = board.hear("data: 1\n\n")
    number = said.rpartition("id: ")[2].partition("\n")[0]
    board.close()
    live.register("C02BBB")
    time.sleep(0.2)

    live.board(live.cookie(), f"Last-Event-ID: {number}").hear("data: 2\n")
    for strange in ("12345678-1", "x", "", "\u00b2", f"{number.partition('-')[0]}-999"):
        header = f"Last-Event-ID: {strange}".encode().decode("latin-1")
        back = live.board(live.cookie("U0BOB"), header)
        back.hear("data: *\n")
        back.close()


def test_there_are_so_many_boards_of_one_session_and_in_all(live: Live) -> None:
    mine = live.cookie()
    kept = [live.board(mine), live.board(mine)]
    assert "HTTP/1.1 429 " in Board(live.port, mine).until_the_end()
    others = live.cookie("U0BOB")
    kept += [live.board(others), live.board(others)]
    assert "HTTP/1.1 503 " in Board(live.port, live.cookie("U0EVE")).until_the_end()
    kept[0].close()
    time.sleep(0.1)
    live.board(mine)


def test_an_address_of_any_shape_takes_the_place_of_one_board(live: Live) -> None:
    mine = live.cookie()
    for query in ("?" + "&".join(["mac=1"] * 20), "?mac=%ff%00", "?mac=" + "9" * 150):
        boards = [live.board(mine, query=query), live.board(mine, query=query)]
        assert "HTTP/1.1 429 " in Board(live.port, mine, path=f"/board/live{query}").until_the_end()
        for each in boards:
            each.close()
        time.sleep(0.1)


@pytest.fixture
def impatient(database: Database) -> Iterator[Live]:
    """A server of news that waits for a request for a moment only."""
    with serving(database, limits=Limits(idle=0.3, answer=0.3)) as live:
        yield live


def test_who_asks_for_nothing_is_ended_and_the_oldest_where_there_are_too_many(
    impatient: Live,
) -> None:
    board = impatient.board()
    for each in [Board(impatient.port, path="") for _ in range(12)]:
        assert each.until_the_end() == ""
    impatient.register("C02AAA")
    board.hear("data: 1\n")
    half = Board(impatient.port, "X: y")
    assert half.until_the_end().startswith("HTTP/1.1 401")


def test_a_board_takes_the_place_of_the_oldest_connection_that_asks_for_nothing(live: Live) -> None:
    silent = [Board(live.port, path="") for _ in range(QUICK.boards + QUICK.boards // 4)]

    live.board()

    assert silent[0].until_the_end() == ""


def test_a_silent_connection_is_kept_by_a_beat(live: Live) -> None:
    live.board().hear("event: beat\n")


def test_a_database_that_goes_away_ends_nobody_at_once_and_news_go_on_when_it_is_back(
    database: Database,
) -> None:
    with serving(database, replace(QUICK, unchecked=60.0)) as live:
        board = live.board()
        live.flaky.is_away = True
        live.register("C02AAA")
        assert "HTTP/1.1 503 " in Board(live.port, live.cookie()).until_the_end()
        live.flaky.is_away = False

        board.hear("data: 1\n")


def test_nobody_hears_whose_session_cannot_be_looked_at_for_long(live: Live) -> None:
    board = live.board()
    live.flaky.is_away = True

    assert "event: over" not in board.until_the_end()
    live.flaky.is_away = False
    live.board()


class Unread:
    """A transport whose other side takes nothing."""

    def __init__(self) -> None:
        self.size, self.is_aborted = 0, False

    def write(self, data: bytes) -> None:
        self.size += len(data)

    def get_write_buffer_size(self) -> int:
        return self.size

    def is_closing(self) -> bool:
        return self.is_aborted

    def get_extra_info(self, _: str) -> None:
        return None

    def abort(self) -> None:
        self.is_aborted = True


def test_who_reads_nothing_is_dropped_before_much_is_kept() -> None:
    connection = BoardConnection.__new__(BoardConnection)
    transport = Unread()
    connection._transport, connection._wait = transport, None  # type: ignore[assignment] # noqa: SLF001
    for _ in range(10_000):
        connection.send(b"id: 1\ndata: 1,2,3\n\n")

    assert transport.is_aborted
    assert transport.size < MAX_UNSENT + 100
