"""The watch over strange inputs: what must not happen is found."""

import logging
from dataclasses import replace

import structlog
from werkzeug.wrappers import Response

from tests.soak.fuzz.house import SECRETS
from tests.soak.fuzz.watching import MAX_GROWTH, MAX_MORE, MAX_ROWS, Size, Watch
from tests.support.tables import for_each

BEFORE = Size({"events": 10}, threads=10, files=10, memory=100.0)


@for_each(
    ("answer", "fault"),
    [
        (Response("x", 500), "500 x"),
        (Response("x", 503), "503 x"),
        (Response(f"a{SECRETS['SLACK_BOT_TOKEN']}", 200), "SLACK_BOT_TOKEN in the answer"),
        (Response("", 302, {"Location": "/x"}), "302 "),
        (Response("Traceback (most recent call last):", 200), "a traceback"),
    ],
)
def test_a_fault_of_an_answer_is_a_finding(answer: Response, fault: str) -> None:
    watch = Watch()
    watch.look("it", answer)

    assert len(watch.findings) == 1
    assert watch.findings[0].startswith(f"it: {fault}")


def test_a_fault_in_the_log_is_a_finding_of_the_input_before_it() -> None:
    watch, log = Watch(), structlog.get_logger()
    with watch.listening():
        log.error("database failed", reason="it is away")
        watch.look("one", None)
        log.info("a Mac called", token=SECRETS["SLACK_BOT_TOKEN"])
        watch.look("two", None)
        logging.getLogger("library").error("it broke")
        logging.getLogger("library").warning("it may break")
        watch.look("three", None)
        watch.look("four", Response("x", 200))

    assert [finding[:40] for finding in watch.findings] == [
        "one: {'reason': 'it is away', 'event': '",
        "two: SLACK_BOT_TOKEN in the log",
        "three: a library: it broke",
    ]


@for_each(
    ("after", "findings"),
    [
        (BEFORE, []),
        (replace(BEFORE, rows={"events": MAX_ROWS + 21}), ["events: 1121 rows after 100 inputs"]),
        (replace(BEFORE, memory=100.1 + MAX_GROWTH), ["the memory grew by 25.1 MiB"]),
        (replace(BEFORE, threads=11 + MAX_MORE), ["threads: 10 became 51"]),
        (replace(BEFORE, files=11 + MAX_MORE), ["files: 10 became 51"]),
    ],
)
def test_growth_is_a_finding(after: Size, findings: list[str]) -> None:
    watch = Watch()
    watch.compare(BEFORE, after, inputs=100)

    assert watch.findings == findings
