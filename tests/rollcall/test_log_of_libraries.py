"""The log of a process: what the libraries say is a line of the same form as our own."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.installation import ROOT

SAYING = """
import logging, pathlib, sys
from rollcall.logging import configure
from tests.support.settings import server_settings

configure(server_settings(pathlib.Path(sys.argv[1]), ROLLCALL_LOG_FORMAT=sys.argv[2]))
logging.getLogger("slack_sdk.web").error("Slack said “no” to %s", "chat.postMessage")
"""


def test_a_librarys_line_is_json_too(repo_folder: Path) -> None:
    (line,) = _said("json", repo_folder)

    said = json.loads(line)
    assert said["event"] == "Slack said “no” to chat.postMessage"
    assert (said["level"], said["logger"]) == ("error", "slack_sdk.web")
    assert "timestamp" in said


def test_a_librarys_line_can_be_read_by_people(repo_folder: Path) -> None:
    (line,) = _said("console", repo_folder)

    assert "Slack said “no” to chat.postMessage" in line
    assert not line.startswith("b'")


def _said(log_format: str, repo_folder: Path) -> list[str]:
    command = [sys.executable, "-c", SAYING, str(repo_folder), log_format]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return ended.stdout.splitlines()
