"""The script in Imagr's config: which workflow it names, how long it asks, what it says."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.clients.imagr.templates import TEMPLATES, Templates
from provisioning.clients.imagr.workflows import UNREGISTERED
from tests.fakes.imagr.admin import PASSES, URL
from tests.fakes.mac import Mac
from tests.support.soaking import soak_only
from tests.support.tables import for_each

MAC = Mac("C02ABC123DEF", URL, username="", password="")
TOKEN = PASSES.to_ask()
# Answers with the next line of `answers`, whose last one is for ever, as curl would.
CURL = r"""#!/bin/sh
IFS= read -r header && printf '%s\n' "$header" > headers
printf '%s\n' "$*" >> asked
{ IFS= read -r answer; IFS= read -r next; } < answers
[ -z "$next" ] || { sed 1d answers > rest && mv rest answers; }
printf "$answer"
case $answer in *200) exit 0 ;; *) exit 22 ;; esac
"""
SLEEP = """#!/bin/sh
echo "$1" >> slept
"""


@dataclass(frozen=True)
class Ended:
    """The end of a script, the addresses it asked for and the seconds it slept in between."""

    code: int
    said: list[str]
    asked: list[str]
    slept: list[int]


Run = Callable[..., Ended]


def script(url: str = URL) -> str:
    return MAC.prepare(
        Templates(url).script("registered.sh.j2", token=TOKEN, unregistered=UNREGISTERED)
    )


@pytest.fixture(
    params=[
        ("sh",),
        pytest.param(("bash", "--posix"), marks=soak_only("test_scripts has bash run scripts")),
    ],
    ids=["sh", "bash"],
)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Run it with a server that answers as told; on the same Mac as before."""
    for name, text in {"curl": CURL, "sleep": SLEEP, "ioreg": "#!/bin/sh\nexit 1\n"}.items():
        program = tmp_path / name
        program.write_text(text)
        program.chmod(0o755)

    def run_it(*answers: str, text: str = script()) -> Ended:
        (tmp_path / "answers").write_text("\n".join(answers) + "\n")
        for kept in ("asked", "slept"):
            (tmp_path / kept).write_text("")
        ended = subprocess.run(
            request.param,
            input=text,
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.stderr == ""
        asked = (tmp_path / "asked").read_text().splitlines()
        slept = [int(line) for line in (tmp_path / "slept").read_text().splitlines()]
        return Ended(ended.returncode, ended.stdout.splitlines(), asked, slept)

    return run_it


def test_the_script_prints_the_name_that_the_server_says_until_imagr_has_read_it(run: Run) -> None:
    ended = run(r"London 2 / R\&D <b>\n\n200")

    assert (ended.code, ended.said) == (0, [r"ImagrIncludedWorkflow: London 2 / R\&D <b>"])
    assert ended.slept == [1]


def test_the_script_asks_with_its_serial_and_with_a_token_that_nobody_sees(
    run: Run, tmp_path: Path
) -> None:
    [asked] = run(r"A\n\n200").asked

    assert "--data-urlencode serial=C02ABC123DEF" in asked
    assert asked.endswith(f"{URL}/workflow")
    assert "--fail" in asked
    assert "--retry 3" in asked  # a network that comes up late is no failure
    assert TOKEN not in asked
    assert f"Authorization: Bearer {TOKEN}" in (tmp_path / "headers").read_text()


def test_run_again_it_says_the_same(run: Run) -> None:
    first, again = run(r"A\n\n200"), run(r"A\n\n200")

    assert first == again


def test_the_script_waits_while_the_channel_is_asked_and_says_so_once(run: Run) -> None:
    ended = run(r"\n403", r"\n403", r"\n403", r"A\n\n200")

    assert ended.said == [
        "rollcall: waiting for somebody to say in Slack where C02ABC123DEF goes",
        "ImagrIncludedWorkflow: A",
    ]
    assert ended.slept == [15, 15, 15, 1]


@pytest.mark.parametrize("answer", [r"\n000", r"\n503", r"\n404"])
def test_while_it_waits_the_server_may_be_restarted(run: Run, answer: str) -> None:
    ended = run(r"\n403", answer, answer, r"A\n\n200")

    assert (ended.code, ended.slept) == (0, [15, 15, 15, 1])


@soak_only("the loop is that of the unplaced scripts, which wait half an hour too")
def test_after_half_an_hour_it_names_the_workflow_that_says_so(run: Run) -> None:
    ended = run(r"\n403")

    assert ended.code == 0
    assert ended.said[-1] == f"ImagrIncludedWorkflow: {UNREGISTERED}"
    assert sum(ended.slept) in range(29 * 60, 31 * 60)


def test_a_server_that_is_still_away_at_the_end_is_told_and_not_that_nobody_answered(
    run: Run, tmp_path: Path
) -> None:
    """Somebody may have answered in Slack meanwhile."""
    (tmp_path / "rollcall-C02ABC123DEF").write_text(f"{int(time.time()) - 1785}\n")

    ended = run(r"\n403", r"\n503")

    assert ended.code == 1
    assert "the server did not say which workflow C02ABC123DEF runs (HTTP 503)" in ended.said[-1]


def test_run_again_it_waits_only_for_what_is_left_of_the_half_hour_but_it_asks(
    run: Run, tmp_path: Path
) -> None:
    notes = tmp_path / "rollcall-C02ABC123DEF"

    for ago, slept in ((1765, [15, 15, 1]), (1800, [1]), (1850, [1])):
        notes.write_text(f"{int(time.time()) - ago}\n")
        assert run(r"\n403").slept == slept
        assert run(r"A\n\n200").said == ["ImagrIncludedWorkflow: A"]


@pytest.mark.parametrize("left", ["", "soon", "-5", "9" * 20, "1e9", "9999999999", "1"])
def test_whatever_stands_where_it_keeps_when_it_began_it_begins_anew(
    run: Run, tmp_path: Path, left: str
) -> None:
    notes = tmp_path / "rollcall-C02ABC123DEF"
    notes.write_text(left)

    assert run(r"\n403", r"A\n\n200").slept == [15, 1]
    assert abs(int(notes.read_text()) - time.time()) < 30


def test_the_script_writes_through_nobodys_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "rollcall-C02ABC123DEF").symlink_to(tmp_path / "precious")

    run(r"A\n\n200")

    assert (tmp_path / "precious").read_text() == "precious"


@for_each(
    ("answer", "told"),
    [
        (r"\n401", "the config of this Imagr is too old: have it reload its workflows"),
        (r"\n000", f"the server does not answer at {URL}"),
        (r"\n409", "the server did not say which workflow C02ABC123DEF runs (HTTP 409)"),
        (r"<html>\n</html>\n200", f"something that is not Rollcall answered at {URL}"),
        (r"\n200", f"something that is not Rollcall answered at {URL}"),
    ],
)
def test_anything_else_is_a_failure_with_its_reason_on_the_screen(
    run: Run, answer: str, told: str
) -> None:
    ended = run(answer)

    assert (ended.code, ended.said) == (1, [f"rollcall: {told}"])
    assert ended.slept == [1]


@pytest.mark.parametrize("answer", [r"\n401", r"\n409"])
def test_a_refusal_ends_its_waiting(run: Run, answer: str) -> None:
    ended = run(r"\n403", answer)

    assert (ended.code, ended.slept) == (1, [15, 1])


@pytest.mark.parametrize("serial", ["", "UNKNOWN", "{{serial_number}}"])
def test_a_mac_that_does_not_say_its_serial_number_is_told_so(run: Run, serial: str) -> None:
    ended = run(r"A\n\n200", text=script().replace("'C02ABC123DEF'", f"'{serial}'"))

    assert (ended.code, ended.said) == (1, ["rollcall: this Mac does not say its serial number"])
    assert ended.asked == []


def test_any_url_arrives_as_it_is_and_nothing_in_it_is_executed(run: Run, tmp_path: Path) -> None:
    url = "http://mac.lan:5000/$(touch canary)`touch canary`'\"&amp;lt;"
    text = script(url)

    [asked] = run(r"A\n\n200", text=text).asked

    assert asked.endswith(f"{url}/workflow")
    assert not (tmp_path / "canary").exists()


@for_each("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_a_shipped_script_survives_imagr(path: Path) -> None:
    content = path.read_bytes()

    assert content.isascii()
    assert not [spoilt for spoilt in (b"\r", b"&lt;", b"&gt;", b"&amp;") if spoilt in content]


def test_a_workflow_that_only_says_something_says_it_and_fails(run: Run) -> None:
    text = MAC.prepare(Templates(URL).script("told.sh.j2", sentence="it's & 'so' `id` %s \\n."))

    ended = run("", text=text)

    assert (ended.code, ended.said) == (1, ["C02ABC123DEF: it's & 'so' `id` %s \\n."])
    assert ended.slept == [1]
