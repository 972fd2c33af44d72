"""The script of a Mac that goes where a technician says in Slack: it asks until then."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.scripts import Scripts
from provisioning.munki import Destination
from tests.fakes.mac import Mac
from tests.support.fixtures.repo import LONDON
from tests.support.installation import SECRET_KEY
from tests.support.soaking import SOAK, first, in_soak, soak, soak_only

URL = "http://mac.lan:5000"
TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))
MAC = Mac("C02ABC123DEF", URL, username="", password="")
# Answers with the next line of `answers`, whose last one is for ever, as curl would; notes what
# it was asked, and how long the script slept. The name of the Mac is what `page` says, once, and
# `name` then.
CURL = """#!/bin/sh
case $* in
*/computer_name)
    cat page 2>/dev/null && rm page && exit
    cat name 2>/dev/null || exit 22 # nobody has registered it yet
    exit
    ;;
esac
cat > headers
printf '%s\\n' "$*" >> asked
read -r answer < answers
[ "$(wc -l < answers)" -eq 1 ] || { sed 1d answers > rest && mv rest answers; }
printf '%s' "$answer"
case $answer in Manif200) exit 18 ;; *[23]??) exit 0 ;; *) exit 22 ;; esac # 18: cut off
"""
SLEEP = """#!/bin/sh
echo "$1" >> slept
"""
SCUTIL = """#!/bin/sh
echo "$*" >> named
"""


@dataclass(frozen=True)
class Ended:
    """The end of a script, the addresses it asked for and the seconds it slept in between."""

    code: int
    said: str
    asked: list[str]
    slept: list[str]


Run = Callable[..., Ended]


SHELLS = {"sh": ("sh",), "bash": ("bash", "--posix")}
# Half an hour has some hundred processes, and its loop is one that all tests go through: the shell
# that macOS has is enough.


@pytest.fixture(params=first(1, SHELLS, "tests of scripts have both shells parse and run them"))
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Run the first `size` characters of the script with a server that answers as told."""
    for name, text in {"curl": CURL, "sleep": SLEEP, "scutil": SCUTIL}.items():
        program = tmp_path / name
        program.write_text(text)
        program.chmod(0o755)

    def run_it(
        *answers: str,
        to: Destination = WHERE_REGISTERED,
        size: int | None = None,
        **environment: str,
    ) -> Ended:
        (tmp_path / "answers").write_text("\n".join(answers) + "\n")
        ended = subprocess.run(
            SHELLS[request.param],
            input=MAC.prepare(Scripts(URL, TOKENS).script_for(to))[:size],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(
            ended.returncode,
            ended.stdout + ended.stderr,
            _lines(tmp_path / "asked"),
            _lines(tmp_path / "slept"),
        )

    return run_it


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_an_unplaced_script_says_its_serial_and_neither_a_site_nor_a_build(run: Run) -> None:
    ended = run("Manifest saved200")

    assert ended.code == 0
    assert "the manifest of C02ABC123DEF is written, for where it is registered" in ended.said
    [asked] = ended.asked
    assert "serial=C02ABC123DEF" in asked
    assert "site=" not in asked
    assert "build=" not in asked


def test_an_answer_that_was_cut_off_is_asked_for_again(run: Run) -> None:
    ended = run("Manif200", "Manifest saved200")

    assert (ended.code, len(ended.asked)) == (0, 2)


def test_the_token_of_an_unplaced_script_does_not_stand_in_the_command_line(
    run: Run, tmp_path: Path
) -> None:
    ended = run("Manifest saved200")

    assert "Bearer" not in ended.asked[0]
    token = (tmp_path / "headers").read_text().rpartition("Bearer ")[2].rstrip('"\n')
    assert TOKENS.verify(token).destination == WHERE_REGISTERED


def test_an_unplaced_script_asks_every_15_seconds_until_its_mac_is_registered(run: Run) -> None:
    ended = run("403", "403", "403", "Manifest saved200")

    assert ended.code == 0
    assert len(ended.asked) == 4
    assert ended.slept == ["15"] * 3
    assert ended.said.count("waiting for somebody to say in Slack where C02ABC123DEF goes") == 1


def test_who_runs_it_may_choose_another_pause(run: Run) -> None:
    assert run("403", "Manifest saved200", ROLLCALL_PAUSE="3").slept == ["3"]


@soak_only("a server that stays away is waited for by the same loop")
def test_after_half_an_hour_it_fails_so_that_it_is_run_again(run: Run) -> None:
    ended = run("403")

    assert ended.code == 1
    assert sum(map(int, ended.slept)) in range(29 * 60, 31 * 60)
    assert "nobody has said where C02ABC123DEF goes" in ended.said


@pytest.mark.parametrize("answer", ["401", "400", "409"])
def test_a_refusal_is_a_failure_at_once(run: Run, answer: str) -> None:
    ended = run("403", answer)

    assert ended.code == 1
    assert len(ended.asked) == 2
    assert f"the server did not confirm C02ABC123DEF but said {answer}" in ended.said


@pytest.mark.parametrize(
    "answer", ["503", "000", "404", *in_soak("as 503", "502", "500", "429", "407")]
)
def test_an_unplaced_script_waits_for_a_server_that_is_restarted_or_cut_off(
    run: Run, answer: str
) -> None:
    """An MDM runs a script once: it must not end because of a moment without an answer.

    A proxy that follows containers says 404 for one that is being restarted.
    """
    ended = run("403", answer, "403", "Manifest saved200")

    assert ended.code == 0
    assert len(ended.asked) == 4
    assert f"waiting for {URL}" in ended.said


def test_a_404_that_stays_is_told_as_one(run: Run) -> None:
    """Rollcall says it too, of a site that is gone."""
    ended = run("404")

    assert ended.code == 1
    assert f"waiting for {URL}, which says 404" in ended.said
    assert "the server did not confirm C02ABC123DEF but said 404; its log says why" in ended.said


def test_a_server_that_stays_away_is_a_failure_after_half_an_hour(run: Run) -> None:
    ended = run("503")

    assert ended.code == 1
    assert sum(map(int, ended.slept)) in range(29 * 60, 31 * 60)
    assert "the server did not confirm C02ABC123DEF; run this again" in ended.said


@pytest.mark.parametrize(
    "answer",
    [
        *("<html>Welcome</html>200", "302", "https://portal.example/301"),
        *in_soak("as a redirect", "<p>307", "204", "https://mac.lan/gen_manifest302"),
    ],
)
def test_a_script_waits_where_the_network_wants_somebody_to_sign_in_first(
    run: Run, answer: str
) -> None:
    ended = run(answer, answer, "Manifest saved200")

    assert (ended.code, ended.slept) == (0, ["15", "15"])
    assert ended.said.count(f"waiting for {URL}: what answered there is not Rollcall") == 1


MOVED = "https://mac.lan/gen_manifest"


@pytest.mark.parametrize(
    "answer",
    [f"<html>Moved</html>{MOVED}301", f"{MOVED}/301", *in_soak("so", f"{MOVED}308")],
)
def test_a_redirect_for_good_to_the_same_page_is_a_failure_at_once_which_names_the_setting(
    run: Run, answer: str
) -> None:
    """A proxy that wants https or a slash answers so; a page to sign in has its own address."""
    ended = run(answer, "Manifest saved200")

    assert (ended.code, len(ended.asked)) == (1, 1)
    assert f"{URL} redirects for good" in ended.said
    assert "BOOTSTRAP_URL" in ended.said


def test_what_is_no_rollcall_confirms_nothing(run: Run) -> None:
    ended = run("<html>Welcome</html>200")

    assert ended.code == 1
    assert sum(map(int, ended.slept)) in range(29 * 60, 31 * 60)
    assert f"something that is not Rollcall answered at {URL}" in ended.said


@pytest.mark.parametrize(
    "page",
    [
        "<html>\n</html>\n200",
        *in_soak("as that one", "<!DOCTYPE html>\nmoved\n302", "302", "lab-7\nlab-7200"),
    ],
)
def test_a_page_of_the_network_is_no_name_of_a_mac(run: Run, tmp_path: Path, page: str) -> None:
    """The Mac gets its name once Rollcall says it."""
    (tmp_path / "page").write_text(page)
    (tmp_path / "name").write_text("Lab 7\nLab-7\n200")

    ended = run("Manifest saved200")

    assert ended.code == 0
    assert _lines(tmp_path / "named") == [
        "--set ComputerName Lab 7",
        "--set LocalHostName Lab-7",
        "--set HostName Lab-7",
    ]


@soak
@pytest.mark.parametrize("to", [WHERE_REGISTERED, *in_soak("as the other one", LONDON)])
def test_a_script_that_was_cut_off_does_nothing_and_fails(run: Run, to: Destination) -> None:
    whole = MAC.prepare(Scripts(URL, TOKENS).script_for(to))
    sizes = range(len("#!/bin/sh\n{"), whole.rindex("}"), 7 if SOAK else 333)

    ends = {size: run("Manifest saved200", to=to, size=size) for size in sizes}

    assert [size for size, ended in ends.items() if ended.code == 0 or ended.asked] == []


def test_a_script_with_site_and_build_waits_for_the_server_too(run: Run) -> None:
    ended = run("503", "000", "Manifest saved200", to=LONDON)

    assert ended.code == 0
    assert ended.slept == ["15", "15"]
    assert "site=london" in ended.asked[0]


def test_a_script_with_site_and_build_does_not_wait_for_somebody_to_say_where_the_mac_goes(
    run: Run,
) -> None:
    ended = run("403", "Manifest saved200", to=LONDON)

    assert (ended.code, len(ended.asked)) == (1, 1)
    assert "but said 403" in ended.said


def test_only_an_own_base_template_is_for_macs_without_site_and_build(tmp_path: Path) -> None:
    for folder in ("sites", "builds"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ".sh.j2").write_text("wrong")
    assert "Rollcall" in Scripts(URL, TOKENS, tmp_path).script_for(WHERE_REGISTERED)

    (tmp_path / "base.sh.j2").write_text("own [{= site|sh =}]")
    assert Scripts(URL, TOKENS, tmp_path).script_for(WHERE_REGISTERED) == "own ['']"
