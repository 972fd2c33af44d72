"""Log lines on their way out."""

import io
from functools import partial
from threading import Event

import orjson

from rollcall.logging import MANY, LogLines
from tests.support.waiting import eventually


def test_lines_come_out_whole_and_in_their_order_soon() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    for number in range(100):
        lines.info(b"%d" % number)

    eventually(lambda: out.getvalue() == b"".join(b"%d\n" % number for number in range(100)))


def test_all_loggers_write_to_the_same_lines() -> None:
    lines = LogLines(io.BytesIO())

    assert lines("provisioning") is lines("server", "api") is lines


def test_an_urgent_line_is_out_at_once_with_all_that_came_before_it() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    lines.info(b"asked")
    lines.error(b"failed")

    assert out.getvalue() == b"asked\nfailed\n"


def test_what_waits_at_the_end_is_written_by_the_end() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    lines.info(b"last")
    lines.write()

    assert out.getvalue() == b"last\n"


def test_lines_that_are_made_later_come_out_soon() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    lines.later(lambda: lines.info(b"made"))

    eventually(lambda: out.getvalue() == b"made\n")


def test_lines_that_are_made_later_are_made_by_the_end() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    lines.later(lambda: lines.info(b"made"))
    lines.write()

    assert out.getvalue() == b"made\n"


def test_a_line_that_is_made_later_may_be_an_urgent_one() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    lines.later(lambda: lines.error(b"urgent"))

    eventually(lambda: out.getvalue() == b"urgent\n")


class SlowDisk(io.BytesIO):
    """A stream that is writing until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_go_on = Event(), Event()

    def write(self, line: object) -> int:
        self.is_asked.set()
        assert self.may_go_on.wait(60)
        return super().write(line)  # type: ignore[arg-type]


def test_where_many_are_waiting_lines_are_made_at_once() -> None:
    out = SlowDisk()
    made: list[int] = []
    lines = LogLines(out)
    lines.info(b"first")
    assert out.is_asked.wait(30)

    for number in range(MANY + 5):
        lines.later(partial(made.append, number))
    made_at_once = [*made]
    out.may_go_on.set()

    assert made_at_once == [*range(MANY, MANY + 5)]


def test_a_line_that_cannot_be_made_is_said_and_ends_nothing() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    lines.later(lambda: lines.info(b"%d" % (1 // 0)))
    lines.later(lambda: lines.info(b"after it"))

    eventually(lambda: out.getvalue().endswith(b"after it\n"))
    said, _ = out.getvalue().splitlines()
    assert "ZeroDivisionError" in orjson.loads(said)["exception"]


class FullDisk(io.BytesIO):
    """A stream that takes nothing until there is room again."""

    def __init__(self) -> None:
        super().__init__()
        self.full, self.refused = True, b""

    def write(self, line: object) -> int:
        if self.full:
            self.refused += bytes(line)  # type: ignore[call-overload]
            raise OSError(28, "No space left on device")
        return super().write(line)  # type: ignore[arg-type]


def test_a_disk_that_was_full_for_a_while_ends_neither_the_log_nor_the_work() -> None:
    out = FullDisk()
    lines = LogLines(out)
    lines.info(b"lost")
    lines.error(b"lost too")
    eventually(lambda: b"lost\n" in out.refused and b"lost too\n" in out.refused)

    out.full = False
    lines.info(b"after it")

    eventually(lambda: out.getvalue() == b"after it\n")
