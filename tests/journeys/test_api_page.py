"""The lines of docs/how-to/api.md, typed as they are there."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import ROOT, Install
from tests.support.running.commandline import typed
from tests.support.running.working import working

PAGE = ROOT / "docs/how-to/api.md"
_LINE = re.compile(r"^    ((?:until )?curl (?:.*\\\n)*.*)$", re.MULTILINE)


def answers(lines: list[str], known: dict[str, str], folder: Path) -> Iterator[dict[str, Any]]:
    """The answers that the lines print, typed in a folder with these variables."""
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", line],
            env=known,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        if done.stdout:
            yield _content(done.stdout)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_each_line_of_the_page_does_what_the_page_says(
    repo_folder: Path, tmp_path: Path, install: Install
) -> None:
    lines = _LINE.findall(PAGE.read_text())
    (tmp_path / "pallet.csv").write_text("serial,name\nC02BBBBBJGH2,desk-21\nC02DDDDDJGHO,\n")
    with install(tmp_path, repo_folder, "http://127.0.0.1:1/") as rollcall:
        acts = [word for act in ("read", "register", "change") for word in ("--act", act)]
        made = typed(
            rollcall.environment, "credentials", "make", "london", "--api", "service desk", *acts
        )
        known = {"TOKEN": made.stdout.strip(), "ROLLCALL": rollcall.url, "PATH": "/usr/bin:/bin"}
        with working(rollcall, "server", "jobs"):
            told = [*answers(lines, known, tmp_path)]

    token, registered, listed, again, _shown, moved, undone, many, tried, mac, *others = told
    bench, kept, handed_in, doubtful, edited, approved, events, numbers = others
    assert token["acts"] == ["change", "read", "register"]
    assert registered["registration"]["computer_name"] == "desk-17"
    assert len(listed["items"]) == 1
    assert again == listed
    assert moved["registration"]["build"] == "kiosk"
    assert undone == {"operation": 2, "restored": 1, "left": 0}
    assert [row["outcome"] for row in many["rows"]] == ["registered"]
    assert tried == {"operation": None, "changed": 1, "left": 0}
    assert [each["what"] for each in mac["events"]] == ["undone", "moved", "registered"]
    assert events["items"][0]["type"] == "mac.registered"
    assert (bench["taken"], bench["is_open"]) == (0, True)
    assert (kept["name"], handed_in["state"]) == ("pallet.csv", "reading")
    assert [row["serial"] for row in doubtful["items"]] == ["C02DDDDDJGHO"]
    assert edited["imported"]["counts"]["new"] == 3
    assert approved["new"] == 3
    assert numbers["days"][0]["registered"] == 5


def _content(printed: str) -> dict[str, Any]:
    """The content of an answer, which may be printed behind its header."""
    found = json.loads(printed[printed.index("{") :])
    assert isinstance(found, dict)
    return found
