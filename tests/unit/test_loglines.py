"""Log lines on their way out."""

import io

from rollcall.loglines import LogLines
from tests.support.waiting import eventually


def test_lines_come_out_whole_and_in_their_order_soon() -> None:
    out = io.BytesIO()
    lines = LogLines(out)

    for number in range(100):
        lines.info(b"%d" % number)

    eventually(lambda: out.getvalue() == b"".join(b"%d\n" % number for number in range(100)))


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
