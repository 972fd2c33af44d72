"""The version that runs: an image says it, a checkout by its tags."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rollcall import version
from tests.support.installation import ROOT
from tests.support.installing.packages import program

AS_SOMEBODY = ("-c", "user.name=t", "-c", "user.email=t@example.com")


def said_in(folder: Path, **environment: str) -> str:
    """The version that a copy of the module in `folder` says, as a process of its own."""
    said = subprocess.run(
        [sys.executable, "-I", folder / "rollcall" / "version.py"],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def copy_of_the_module(folder: Path) -> None:
    module = folder / "rollcall" / "version.py"
    module.parent.mkdir(parents=True)
    module.write_text(Path(version.__file__).read_text())


def test_an_image_says_the_version_that_it_was_built_with(tmp_path: Path) -> None:
    copy_of_the_module(tmp_path)

    assert said_in(tmp_path, ROLLCALL_VERSION="1.2.3") == "1.2.3"
    assert said_in(tmp_path) == "0.0.0"


def test_a_checkout_says_its_tag_or_its_commit(tmp_path: Path) -> None:
    copy_of_the_module(tmp_path)

    def git(*arguments: str) -> str:
        return subprocess.run(
            [program("git"), *AS_SOMEBODY, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    git("tag", "nightly")
    commit = f"0.0.0+{git('rev-parse', 'HEAD')[:12]}"
    assert said_in(tmp_path) == commit
    # It is root's, and a unit's user asks.
    assert said_in(tmp_path, GIT_TEST_ASSUME_DIFFERENT_OWNER="1") == commit

    git("tag", "v1.2.3")
    assert said_in(tmp_path) == "1.2.3"


def test_the_repository_of_a_folder_above_is_not_ours(tmp_path: Path) -> None:
    subprocess.run([program("git"), "init", "--quiet", tmp_path], check=True)
    copy_of_the_module(tmp_path / "vendor" / "rollcall-copy")

    assert said_in(tmp_path / "vendor" / "rollcall-copy") == "0.0.0"


def test_boot_sh_finds_its_program_where_it_is_called_by_a_link(tmp_path: Path) -> None:
    """As by /usr/local/bin/rollcall, from any folder."""
    link = tmp_path / "roll"
    link.symlink_to(ROOT / "boot.sh")

    said = subprocess.run(
        [link, "--version"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "ROLLCALL_VERSION": "1.2.3"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.stdout == "rollcall 1.2.3\n", said.stderr


def test_boot_sh_opens_what_its_caller_has_closed(tmp_path: Path) -> None:
    """As by a program that starts it without: the next file would become its output."""
    (tmp_path / "rollcall").mkdir()
    shutil.copy(ROOT / "boot.sh", tmp_path)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\n: 9<&0 && : 9>&1 && : 9>&2 && echo open > open\n")
    python.chmod(0o755)
    subprocess.run(
        ["sh", "-c", 'exec "$0" --version <&- >&- 2>&-', tmp_path / "boot.sh"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=True,
    )

    assert (tmp_path / "open").read_text() == "open\n"
