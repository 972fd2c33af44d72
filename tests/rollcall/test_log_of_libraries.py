"""The log of a process: what the libraries say is a line of the same form as our own."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.installation import ROOT

SAYING = """
import logging as libraries, sys, threading, warnings
from rollcall import logging
from rollcall.settings import Settings

for log_format in ("console", "json"):
    logging.configure(Settings(ROLLCALL_LOG_FORMAT=log_format))
    fault = OSError("no way through http://rollcall:hunter2@proxy.example.com:3128")
    libraries.getLogger("slack_sdk.web").error(
        "Slack said “no” to %s by %s", "chat.postMessage", "http://a:hunter2@b@proxy.example.com",
        exc_info=fault,
    )
logging.catch_the_rest()

class Leaving:
    def __del__(self):
        raise OSError("on its way out")

def fail(sentence):
    raise ValueError(sentence)

warnings.warn("this will be no more")
thread = threading.Thread(target=fail, args=["in a thread"], name="reader")
thread.start()
thread.join()
quiet = threading.Thread(target=sys.exit)
quiet.start()
quiet.join()
Leaving()
fail("in the end")
"""


@pytest.fixture(scope="module")
def ended() -> subprocess.CompletedProcess[str]:
    """A process whose log is one for people first, and then one of JSON.

    A library says something in both; then it warns, fails in a thread and in an object's end, and
    fails at last.
    """
    return subprocess.run(
        [sys.executable, "-c", SAYING], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def said(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The lines of its log of JSON."""
    return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]


def test_a_librarys_line_can_be_read_by_people(ended: subprocess.CompletedProcess[str]) -> None:
    line = ended.stdout.splitlines()[0]

    assert "Slack said “no” to chat.postMessage" in line
    assert not line.startswith("b'")


def test_a_librarys_line_is_json_too(said: list[dict[str, Any]]) -> None:
    assert said[0]["event"].startswith("Slack said “no” to chat.postMessage")
    assert (said[0]["level"], said[0]["logger"]) == ("error", "slack_sdk.web")


def test_the_login_of_a_proxy_is_in_no_line(
    ended: subprocess.CompletedProcess[str], said: list[dict[str, Any]]
) -> None:
    assert said[0]["event"].endswith(" by http://proxy.example.com")
    assert "through http://proxy.example.com:3128" in said[0]["exception"]
    assert "hunter2" not in ended.stdout


def test_all_of_it_is_a_line_of_the_log(
    ended: subprocess.CompletedProcess[str], said: list[dict[str, Any]]
) -> None:
    assert (ended.stderr, ended.returncode) == ("", 1)
    assert [line["level"] for line in said] == ["error", "warning", "error", "error", "critical"]
    assert [line for line in said if "timestamp" not in line] == []


def test_a_warning_is_one(said: list[dict[str, Any]]) -> None:
    assert "UserWarning: this will be no more" in said[1]["event"]


def test_an_error_in_a_thread_names_the_thread(said: list[dict[str, Any]]) -> None:
    assert said[2]["thread"] == "reader"
    assert "ValueError: in a thread" in said[2]["exception"]


def test_an_error_of_an_object_on_its_way_out_is_one(said: list[dict[str, Any]]) -> None:
    assert "OSError: on its way out" in said[3]["exception"]


def test_the_error_that_ends_the_process_is_the_last(said: list[dict[str, Any]]) -> None:
    assert "ValueError: in the end" in said[4]["exception"]
