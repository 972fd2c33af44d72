"""Packages of the system: one list, and a machine that lacks some of them."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provisioning.values.language import LANGUAGES
from tests.support.installation import ROOT
from tests.support.installing.packages import (
    command,
    is_there,
    packages,
    program,
    services_held_back,
)
from tests.support.soaking import in_soak, soak_only
from tests.support.tables import for_each

OWN = Path(sys.executable).parent  # the programs of the environment are there on every machine
GIT_TEST = (
    "tests/provisioning/munki/storage/git/test_history.py"
    "::test_where_nobody_wanted_it_the_author_is_rollcall"
)


def names(user: str) -> list[str]:
    return [package.name for package in packages(user)]


def started(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run Python on a machine whose only programs are those in `folder`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": str(folder), "HOME": str(folder), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@for_each(
    ("page", "users"), [("README.md", ["setup"]), ("docs/contributing.md", ["setup", "test"])]
)
def test_the_pages_say_what_is_installed_as_the_list_has_it(page: str, users: list[str]) -> None:
    text = (ROOT / page).read_text()
    assert [user for user in users if f"\n    {command(packages(user))}\n" not in text] == []


def test_the_image_gets_what_the_list_marks_for_it() -> None:
    [reading] = re.findall(r"\$\((awk .*) /packages.txt\)", (ROOT / "Dockerfile").read_text())

    read = subprocess.run(
        ["sh", "-c", f"{reading} packages.txt"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert read.stdout.split() == names("image") == ["git", "openssh-client", "libfribidi0"]


def test_the_image_keeps_what_babel_knows_of_each_language() -> None:
    [kept] = re.findall(
        r"locale-data/.*\n.*-regex '.*/\\\((.+)\\\)\\.dat'", (ROOT / "Dockerfile").read_text()
    )

    assert sorted(kept.split("\\|")) == sorted(LANGUAGES)


def test_no_service_starts_while_packages_are_installed(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"

    with services_held_back(policy):
        assert subprocess.run([policy, "caddy", "start"], check=False).returncode == 101

    assert not policy.exists()


def test_the_admins_own_policy_about_services_stays(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")

    with services_held_back(policy):
        pass

    assert policy.read_text() == "#!/bin/sh\nexit 0\n"


def test_ci_installs_nothing_of_its_own() -> None:
    assert "install" not in (ROOT / ".ci" / "run").read_text()


@soak_only("starts a run of pytest; each run on a machine that lacks one shows the line")
def test_tests_that_want_a_program_are_skipped_without_it_and_one_line_at_the_end_says_so(
    tmp_path: Path,
) -> None:
    ended = started(tmp_path, "-m", "pytest", "-p", "no:cacheprovider", GIT_TEST)

    missing = [each for each in packages("test") if not is_there(each.brings, str(OWN))]
    *_, lacks, closing = ended.stdout.splitlines()
    assert ended.returncode == 0, ended.stdout
    assert lacks == (
        f"This machine lacks {', '.join(each.brings for each in missing)};"
        " tests that need it were skipped."
        f" On Debian: {command(missing)}"
    )
    assert "1 skipped" in closing


def test_in_ci_they_fail_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match="CI has to have git"):
        program("git")


@pytest.mark.parametrize("code", [100, *in_soak("one that fails is asked the same", 0)])
def test_root_on_debian_installs_what_is_missing_and_nobody_else_does(
    tmp_path: Path, code: int
) -> None:
    told = tmp_path / "told"
    for name in ("apt-get", "chromium-headless-shell", "shellcheck"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "$@" >>"{told}"\nexit {code}\n')
        (tmp_path / name).chmod(0o755)
    (tmp_path / "systemctl").write_text("#!/bin/sh\n")
    (tmp_path / "systemctl").chmod(0o755)
    told.touch()

    ended = started(tmp_path, "-m", "tests.support.installing.packages")

    may = os.geteuid() == 0 and platform.freedesktop_os_release()["ID"] == "debian"
    wanted = [each for each in packages("test") if not is_there(each.brings, str(tmp_path))]
    line = f"{command(wanted)} --yes".removeprefix("apt-get ")
    assert ended.returncode == 0, ended.stderr
    assert told.read_text().splitlines() == (["update", line] if may else [])
