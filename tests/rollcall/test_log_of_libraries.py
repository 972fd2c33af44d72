"""The log of a process: what the libraries say is a line of the same form as our own."""

import json
import subprocess
import sys

from tests.support.installation import ROOT

SAYING = """
import logging, sys
from rollcall.logging import configure
from rollcall.settings import Settings

configure(Settings(ROLLCALL_LOG_FORMAT=sys.argv[1]))
logging.getLogger("slack_sdk.web").error("Slack said “no” to %s", "chat.postMessage")
"""


def test_a_librarys_line_is_json_too() -> None:
    (line,) = _said("json")

    said = json.loads(line)
    assert said["event"] == "Slack said “no” to chat.postMessage"
    assert (said["level"], said["logger"]) == ("error", "slack_sdk.web")
    assert "timestamp" in said


def test_a_librarys_line_can_be_read_by_people() -> None:
    (line,) = _said("console")

    assert "Slack said “no” to chat.postMessage" in line
    assert not line.startswith("b'")


def _said(log_format: str) -> list[str]:
    command = [sys.executable, "-c", SAYING, log_format]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return ended.stdout.splitlines()
