"""The tutorial of the service desk, typed as it is printed, while Slack is away."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.databases.postgres import free_port
from tests.support.installation import PASSWORD, ROOT, USERNAME, Install
from tests.support.running.commandline import typed
from tests.support.running.working import working
from tests.support.waiting import eventually

PAGE = (ROOT / "docs/tutorial/service-desk.md").read_text()
_LINE = re.compile(r"^    ((?:curl|\./boot\.sh) (?:.*\\\n)*.*)$", re.MULTILINE)


def block(language: str) -> str:
    """The only block of the page in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_a_service_desk_registers_and_hears_when_it_is_done(
    repo_folder: Path, tmp_path: Path, install: Install
) -> None:
    port = str(free_port())
    policy, receiver = tmp_path / "rollcall.toml", tmp_path / "receiver.py"
    policy.write_text(block("toml"))
    receiver.write_text(block("python").replace("8099", port))
    token, hook, test, register, boot = _LINE.findall(PAGE)
    settings = {"ROLLCALL_POLICY": str(policy)}
    with install(tmp_path, repo_folder, "http://127.0.0.1:1/", settings=settings) as rollcall:
        known = {
            "PATH": "/usr/bin:/bin",
            "ROLLCALL": rollcall.url,
            "TOKEN": _said(rollcall.environment, token).strip(),
            "BOOTSTRAP_USERNAME": USERNAME,
            "BOOTSTRAP_PASSWORD": PASSWORD,
        }
        (key,) = re.findall(r"whsec_\S+", _said(rollcall.environment, hook.replace("8099", port)))
        heard = tmp_path / "heard.txt"
        with heard.open("wb") as out:
            listening = subprocess.Popen(
                [sys.executable, receiver], env={"KEY": key}, stdout=out, stderr=subprocess.DEVNULL
            )
        try:
            with working(rollcall, "server", "relay"):
                _said(rollcall.environment, test)
                eventually(lambda: "test None" in heard.read_text(), timeout=15)
                first, second = _typed(register, known), _typed(register, known)
                assert first == second
                eventually(lambda: "mac.registered C02XL0AAJGH5" in heard.read_text(), timeout=15)
                assert "saved" in _typed(boot, known)
                eventually(lambda: "mac.confirmed C02XL0AAJGH5" in heard.read_text(), timeout=15)
        finally:
            listening.terminate()
            listening.wait(timeout=10)

    assert len(heard.read_text().splitlines()) == 3


def _said(environment: dict[str, str], line: str) -> str:
    """The answer of our command line to a line."""
    words = re.findall(r'"([^"]*)"|(\S+)', line)
    done = typed(environment, *[quoted or plain for quoted, plain in words][1:])
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


def _typed(line: str, known: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-c", line], env=known, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout
