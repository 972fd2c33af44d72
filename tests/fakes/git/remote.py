"""A git remote, and an admin who pushes to it from a clone of their own."""

import atexit
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from tests.support.inputs.samples import sample_repo
from tests.support.installing.packages import program

ADMIN = "Ann Admin <ann@example.com>"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{role}_NAME": "Ann Admin" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ann@example.com" for role in ("AUTHOR", "COMMITTER")},
}


def git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Return what git prints in a folder."""
    command = [program("git"), "-C", str(folder), *arguments]
    return subprocess.run(
        command, env=ENVIRONMENT, input=given, check=True, capture_output=True
    ).stdout


class Remote:
    """A bare repository below `folder`; with a sample Munki repo in it, where it is to be."""

    def __init__(self, folder: Path, *, sample: bool = True) -> None:
        self.path, self.desk = folder / "remote.git", folder / "desk"
        self.url = f"git+file://{self.path}"
        shutil.copytree(_made(sample=sample), folder, dirs_exist_ok=True)

    @classmethod
    def at(cls, folder: Path) -> Self:
        """The one that is below a folder already."""
        remote = cls.__new__(cls)
        remote.path, remote.desk = folder / "remote.git", folder / "desk"
        remote.url = f"git+file://{remote.path}"
        return remote

    def edit(self, changes: Mapping[str, bytes | None], message: str = "an edit") -> str:
        """Commit changes of files, or the removal of those that are None; return the commit's id.

        It is in the remote at once, as after an admin's push: a push is six processes of git.
        """
        return _commit(self.path, changes, message)

    def fetch(self) -> None:
        """Lay what the remote has on the admin's desk."""
        git(self.desk, "fetch", "--quiet", "origin", "main")
        git(self.desk, "reset", "--quiet", "--hard", "FETCH_HEAD")

    def push(self, message: str, *options: str) -> str:
        """Push all that lies on the admin's desk, which has to have been fetched."""
        git(self.desk, "add", "--all")
        git(self.desk, "commit", "--quiet", "--allow-empty", "-m", message)
        git(self.desk, "push", "--quiet", *options, "origin", "HEAD:main")
        return self.head()

    def head(self) -> str:
        """The id of the remote's last commit."""
        return git(self.path, "rev-parse", "main").decode().strip()

    def read(self, name: str) -> bytes | None:
        """A file as the remote has it."""
        try:
            return git(self.path, "cat-file", "blob", f"main:{name}")
        except subprocess.CalledProcessError:
            return None

    def files(self) -> list[str]:
        """The names of all files of the remote."""
        return (
            git(self.path, "ls-tree", "-r", "-z", "--name-only", "main").decode().split("\0")[:-1]
        )

    def log(self, form: str = "%s") -> list[str]:
        """The remote's commits, the newest first."""
        return git(self.path, "log", f"--format={form}", "main").decode().splitlines()

    def hook(self, name: str, script: str) -> None:
        """Have the remote run a script of sh when something is pushed."""
        path = self.path / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


def _commit(repository: Path, changes: Mapping[str, bytes | None], message: str) -> str:
    """Commit to the branch `main` of a bare repository; return the commit's id."""
    by = f"{ADMIN} now".encode()
    lines = [b"commit refs/heads/main", b"mark :1", b"committer " + by, _data(message.encode())]
    lines.append(b"from refs/heads/main^0")
    for name, content in changes.items():
        path = name.encode()
        lines += [b"D " + path] if content is None else [b"M 644 inline " + path, _data(content)]
    given = b"\n".join([*lines, b"get-mark :1", b""])
    kept = ("-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--date-format=now")
    return git(repository, *kept, given=given).decode().strip()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s" % (len(content), content)


@cache
def _made(*, sample: bool) -> Path:
    """A folder with a remote and an admin's desk, made once in a process, to be copied."""
    folder = Path(mkdtemp(prefix="remote-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    new = ("init", "--quiet", "--template=", "--initial-branch=main")
    git(folder, *new, "--bare", "remote.git")
    git(folder, *new, "desk")
    git(folder / "desk", "remote", "add", "origin", "../remote.git")
    if sample:
        sample_repo(folder / "desk")
        Remote.at(folder).push("the sample")
    return folder
