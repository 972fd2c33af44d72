"""Starts of all processes, and the end of all of them after the end of one."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from werkzeug import Request, Response

from rollcall.settings import BotSettings, JobsSettings, RelaySettings, ServerSettings
from tests.fakes.slack import Workspace
from tests.journeys.operations.calls import HTTP, confirmations, probed
from tests.support.installation import ROOT, Installation
from tests.support.running.serving import served
from tests.support.soaking import soak_only
from tests.support.tables import for_each
from tests.support.waiting import eventually

# A part of Rollcall that works until it is asked to end. The job runner ends by itself, or sends
# the signal ASKED to who started it.
PYTHON = """#!/usr/bin/env bash
echo $3 >> "$STARTED"
case $3 in
    migrate) exit 0 ;;
    jobs) sleep 0.2; [ -n "${ASKED:-}" ] || exit 3 ;;
esac
trap 'echo $3 >> "$ENDED"; exit 0' TERM
[ "$3" != jobs ] || kill -s "$ASKED" $PPID
for _ in {1..200}; do sleep 0.05; done
"""


# What has no default, as any text: it is the processes that look at values.
NEEDED = {
    field.alias or "": "given"
    for kind in (ServerSettings, RelaySettings, JobsSettings, BotSettings)
    for field in kind.model_fields.values()
    if field.is_required()
} | HTTP


@contextmanager
def answering(note: Callable[[], None]) -> Iterator[int]:
    """The port of a server that answers every question after a while, and calls `note` before."""

    @Request.application
    def answer(_: Request) -> Response:
        sleep(0.2)  # in which the others would have started
        note()
        return Response()

    with served(answer) as url:
        yield int(url.rpartition(":")[2])


def run_all(
    folder: Path, port: int, needed: Mapping[str, str] = NEEDED, **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `boot.sh` to its end with PYTHON, which notes in `folder` what starts and ends."""
    shutil.copy(ROOT / "boot.sh", folder)
    python = folder / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    files = {"ENDED": str(folder / "ended"), "STARTED": str(folder / "started")}
    return subprocess.run(
        [folder / "boot.sh"],
        env={"PATH": path, "PORT": str(port), **files, **needed, **settings},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_all_start_once_the_server_answers_and_when_one_ends_the_container_ends(
    tmp_path: Path,
) -> None:
    """A supervisor outside starts it again; half a Rollcall would look alive."""
    started, before_the_answer = tmp_path / "started", []
    with answering(lambda: before_the_answer.append(started.read_text().split())) as port:
        ended = run_all(tmp_path, port)

    assert before_the_answer == [["migrate", "server"]]
    assert sorted(started.read_text().split()) == ["jobs", "migrate", "relay", "server"]
    assert ended.returncode == 3
    assert sorted((tmp_path / "ended").read_text().split()) == ["relay", "server"]


def test_all_settings_that_are_missing_are_named_at_once_and_nothing_starts(
    tmp_path: Path,
) -> None:
    refused = run_all(tmp_path, 1, {"ROLLCALL_SECRET_KEY": "given"})

    named = re.findall(r"[A-Z_]{8,}", refused.stderr.decode())
    assert refused.returncode == 1
    assert set(named) == {*NEEDED, "SLACK_APP_TOKEN"} - {"ROLLCALL_SECRET_KEY"}
    assert not (tmp_path / "started").exists()


def test_a_secret_in_a_file_is_not_missing(tmp_path: Path) -> None:
    in_files = {f"{name}_FILE" if "SLACK" in name else name: "given" for name in NEEDED}
    with answering(lambda: None) as port:
        ended = run_all(tmp_path, port, in_files)

    assert (ended.returncode, ended.stderr) == (3, b"")


@for_each("signal", ["TERM", "HUP"])
def test_all_end_when_the_program_that_started_them_is_asked_to_end(
    tmp_path: Path, signal: str
) -> None:
    """Also where its terminal is closed: nothing would start them again."""
    (tmp_path / "ended").unlink(missing_ok=True)
    with answering(lambda: None) as port:
        ended = run_all(tmp_path, port, ASKED=signal)

    assert ended.returncode == 0
    assert sorted((tmp_path / "ended").read_text().split()) == ["jobs", "relay", "server"]


@for_each("shell", ["", "sh", "bash --posix"])
def test_any_shell_may_be_asked_also_without_an_open_input(tmp_path: Path, shell: str) -> None:
    shutil.copy(ROOT / "boot.sh", tmp_path)
    python, started = tmp_path / "python", tmp_path / f"started by {shell}"
    python.write_text(PYTHON)
    python.chmod(0o755)
    command = ["sh", "-c", f'exec {shell} "$0" migrate <&-', str(tmp_path / "boot.sh")]
    path = f"{tmp_path}:{os.environ['PATH']}"

    subprocess.run(command, env={"PATH": path, "STARTED": str(started)}, timeout=60, check=True)

    assert started.read_text() == "migrate\n"


@soak_only("four processes start; tests of sockets and of the relay hold what each does meanwhile")
def test_slack_may_be_away_when_everything_starts(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    """On a new database, which an admin migrates at the same moment; a token is in a file."""
    slack.faults.go_down()
    token = tmp_path / "slack_app_token"
    token.write_text(f"{slack.app.app_token}\n")
    socket = {
        "SLACK_APP_TOKEN_FILE": str(token),
        "ROLLCALL_LOG_FORMAT": "console",
        "ROLLCALL_WORKERS": "1",
    }
    with Installation(tmp_path, repo_folder, slack.api_url, settings=socket) as rollcall:
        rollcall.start()
        assert rollcall.run("migrate").returncode == 0
        rollcall.wait_until_ready()
        assert rollcall.mac("C02AAA").boot("london", "design").code == 0
        eventually(lambda: "not connected to Slack" in probed(rollcall, "bot")[1])
        assert probed(rollcall)[0] == 0, "no restart would help it"

        slack.faults.come_back()
        slack.wait_for_sockets(timeout=30)
        eventually(lambda: confirmations(slack) == ["C02AAA"])
        eventually(lambda: "connected" not in probed(rollcall, "bot")[1])
        assert rollcall.stop() == {"": 0}
