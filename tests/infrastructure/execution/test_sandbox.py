"""The sandbox: hostile bytes do no harm to the process that has them read."""

import threading
import time
from pathlib import Path

import pytest

from infrastructure.errors import RollcallError
from infrastructure.execution.sandbox import GaveUp, run
from provisioning.values.serials import InvalidSerial
from tests.support.soaking import in_soak, soak_only

READERS = "tests.infrastructure.execution.hostile:"


def test_the_answer_comes_back_with_dataclasses_as_dicts() -> None:
    assert run(READERS + "look_inside", b"C02XK0AAJG5H", "first sheet") == [
        {"text": "C02XK0AAJG5H"},
        ["first sheet"],
    ]


def test_an_error_of_ours_comes_back_as_itself() -> None:
    with pytest.raises(InvalidSerial) as raised:
        run(READERS + "refuse", b"C02")

    assert str(raised.value) == "'C02' is not a serial number: it is made up."
    assert raised.value.reason == "it is made up"


def test_any_other_error_says_what_kind_it_was_and_nothing_of_the_content() -> None:
    with pytest.raises(GaveUp, match=r"the reader failed \(KeyError\)\.$"):
        run(READERS + "stumble", b"secret")


def test_a_memory_bomb_is_refused_its_memory() -> None:
    with pytest.raises(GaveUp, match="too much memory"):
        run(READERS + "fill_the_memory", b"", megabytes=300)


def test_a_reader_that_computes_for_ever_is_stopped() -> None:
    with pytest.raises(GaveUp, match=r"too much of the processor|longer than"):
        run(READERS + "never_end", b"", seconds=0.5)


def test_a_reader_that_waits_for_ever_is_stopped_by_the_clock() -> None:
    began = time.monotonic()

    with pytest.raises(GaveUp, match=r"longer than 0\.5 seconds"):
        run(READERS + "sleep_on", b"", seconds=0.5)

    assert time.monotonic() - began < 30  # of a minute


def test_a_crash_stays_in_the_child() -> None:
    with pytest.raises(GaveUp, match="SIGSEGV"):
        run(READERS + "crash", b"")


def test_a_reader_that_leaves_without_an_answer_is_told_of() -> None:
    with pytest.raises(GaveUp, match="without an answer"):
        run(READERS + "leave", b"")


def test_an_answer_too_long_to_be_one_is_not_taken() -> None:
    with pytest.raises(GaveUp):
        run(READERS + "flood", b"")


def test_no_file_can_be_filled(tmp_path: Path) -> None:
    with pytest.raises(GaveUp, match="OSError"):
        run(READERS + "write_a_file", b"", str(tmp_path / "large"))


@pytest.mark.parametrize(
    "answer",
    [
        b'["error", {"name": "builtins:SystemExit", "text": "away", "attributes": {}}]',
        b'["error", ["x"]]',
        b'["else", 1]',
        b"[" * 100_000,
        *in_soak(
            "judged by the same lines as these",
            b'["error", {"name": "os:system", "text": "touch /tmp/x", "attributes": {}}]',
            b'["error", {"name": "infrastructure.errors:RollcallError"}]',
            b"\x80\x04cos\nsystem\n",
            b"7",
        ),
    ],
)
def test_a_child_that_was_taken_over_can_only_make_us_raise_our_own_errors(answer: bytes) -> None:
    with pytest.raises(RollcallError):
        run(READERS + "lie", answer)


def test_the_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-parent")

    environment = run(READERS + "look_around", b"")

    assert "SLACK_BOT_TOKEN" not in environment
    assert set(environment) <= {"PATH", "LC_CTYPE", "PWD", "__CF_USER_TEXT_ENCODING"}


def test_the_child_imports_no_more_than_its_reader() -> None:
    modules = run(READERS + "load_more", b"")

    assert not {"sqlalchemy", "slack_sdk", "flask", "PIL", "numpy"} & set(modules)


@soak_only("each thread has a process of its own, as one alone has")
def test_several_threads_have_files_read_at_the_same_time() -> None:
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(run("builtins:len", b"four")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [4, 4, 4]
