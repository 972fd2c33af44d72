"""Open boards as their browsers are: they hear of news, and load the page again."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.support.installation import Installation
from tools.bench.board.people import People

LOOPBACK = "127.0.0.1"
_ID = re.compile(rb"^id: (\S+)$", re.MULTILINE)
_DATA = re.compile(rb"^data: ?(\S+)$", re.MULTILINE)


class Boards:
    """Boards that are open, in a thread of their own; `seen_at` has when each was last loaded."""

    def __init__(self, installation: Installation, people: People, number: int) -> None:
        self.seen_at = [0.0] * number
        self.greeted = 0
        self.loads = 0
        self.failures: list[str] = []
        self._port = installation.port
        self._live = int(installation.environment["ROLLCALL_LIVE_PORT"])
        self._people = people
        self._tags: dict[int, str] = {}

    async def run(self) -> None:
        """Have all of them open until it is cancelled."""
        await asyncio.gather(*(self._board(each) for each in range(len(self.seen_at))))

    async def _board(self, number: int) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, self._live)
        writer.write(_request("/board/live", self._people.cookie(number)))
        await reader.readuntil(b"\r\n\r\n")
        due: asyncio.Task[None] | None = None
        while True:
            message = await reader.readuntil(b"\n\n")
            self.greeted += b"event: hello" in message
            if _DATA.search(message) and (found := _ID.search(message)):
                if due is not None:
                    await due
                due = asyncio.create_task(self._load(number, found[1].decode()))

    async def _load(self, number: int, news: str) -> None:
        """Load the page again, on a connection of its own, as through a proxy."""
        reader, writer = await asyncio.open_connection(LOOPBACK, self._port)
        headers = [f"Rollcall-News: {news}", "Connection: close"]
        if number in self._tags:
            headers.append(f"If-None-Match: {self._tags[number]}")
        writer.write(_request("/board", self._people.cookie(number), *headers))
        answer = await reader.read()
        while piece := await reader.read(65536):
            answer += piece
        writer.close()
        if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
            self.failures.append(answer[:80].decode("latin-1"))
        elif tag := re.search(rb"^ETag: (.+?)\r$", answer, re.MULTILINE):
            self._tags[number] = tag[1].decode()
        self.loads += 1
        self.seen_at[number] = time.monotonic()


@contextmanager
def opened(installation: Installation, people: People, number: int) -> Iterator[Boards]:
    """So many boards, all of which hear of news."""
    boards = Boards(installation, people, number)
    loop = asyncio.new_event_loop()
    task = loop.create_task(boards.run())
    thread = Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while boards.greeted < number and not task.done():
        if time.monotonic() > until:
            raise TimeoutError(f"{boards.greeted} of {number} boards are told of news")
        time.sleep(0.05)
    try:
        yield boards
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    finally:
        for each in asyncio.all_tasks(loop):
            each.cancel()
        loop.run_until_complete(asyncio.sleep(0.1))
        loop.close()


def _request(path: str, cookie: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: rollcall", f"Cookie: {cookie}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
