"""The progress of long work: what is done, what is to be done again, and what was found."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.soak.progress import Progress, report, result_of, say


def ended(code: int, output: str = "", error: str = "") -> "CompletedProcess[str]":
    return CompletedProcess([], code, output, error)


def test_a_unit_in_which_something_was_found_is_done_again(tmp_path: Path) -> None:
    file = tmp_path / "part.jsonl"
    Progress(file).add("one", {"findings": []})
    Progress(file).add("two", {"findings": ["it grew"]})

    progress = Progress(file)

    assert progress.left(["one", "two", "three"]) == ["two", "three"]
    assert [result["unit"] for result in progress.of(["one", "two", "three"])] == ["one", "two"]


def test_a_unit_that_broke_off_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    say({"findings": ["it grew"]})
    assert result_of(ended(0, capsys.readouterr().out)) == {"findings": ["it grew"]}

    [finding] = result_of(ended(1, error="Traceback\nOSError: no space"))["findings"]
    assert finding.startswith("it broke off with 1")
    assert finding.endswith("OSError: no space")


def test_a_report_is_sound_where_nothing_was_found(tmp_path: Path) -> None:
    sound, found = {"unit": "one", "findings": []}, {"unit": "two", "findings": ["it grew"]}

    assert report(tmp_path / "a.txt", "part", ["so many"], [sound])
    assert not report(tmp_path / "b.txt", "part", ["so many"], [sound, found])
    assert "1 findings\nit grew" in (tmp_path / "b.txt").read_text()
