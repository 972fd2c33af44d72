"""The log of a process: what the libraries say is a line of the same form as our own."""

import json
import subprocess
import sys

import pytest

from tests.support.installation import ROOT

SAYING = """
import logging, sys
from rollcall.logging import configure
from rollcall.settings import Settings

for log_format in ("json", "console"):
    configure(Settings(ROLLCALL_LOG_FORMAT=log_format))
    logging.getLogger("slack_sdk.web").error("Slack said “no” to %s", "chat.postMessage")
"""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """The lines of a process whose log is one of JSON first, and then one for people."""
    command = [sys.executable, "-c", SAYING]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return ended.stdout.splitlines()


def test_a_librarys_line_is_json_too(lines: list[str]) -> None:
    said = json.loads(lines[0])
    assert said["event"] == "Slack said “no” to chat.postMessage"
    assert (said["level"], said["logger"]) == ("error", "slack_sdk.web")
    assert "timestamp" in said


def test_a_librarys_line_can_be_read_by_people(lines: list[str]) -> None:
    [line] = lines[1:]

    assert "Slack said “no” to chat.postMessage" in line
    assert not line.startswith("b'")
