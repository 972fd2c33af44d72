"""Messages of git, as an admin reads them."""

import os
import re

import pytest

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.git.program import LONGEST, Git, explained
from tests.support.tables import for_each

SSH = """git@git.example.com: Permission denied (publickey).
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
"""
HOSTKEY = """Host key verification failed.
fatal: Could not read from remote repository.
"""
REFUSED = """remote: GitLab: You are not allowed to push code to protected branches on this project.
error: failed to push some refs to 'https://git.example.com/munki.git'
"""
PORCELAIN = """To https://git.example.com/munki.git
!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)
Done
"""


@for_each(
    ("said", "out", "told"),
    [
        (SSH, "", r"Permission denied \(publickey\)\.\); give Rollcall a key"),
        (HOSTKEY, "", r"\(Host key verification failed\.\); put the host's key into known_hosts"),
        (REFUSED, PORCELAIN, r"\(pre-receive hook declined: GitLab: You are not .*\); let Roll"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", "", "token"),
        ("warning: x\nfatal: unknown trouble\nhint: y", "", r"git fetch failed \(fatal: unknown"),
        ("", "", r"git fetch failed \(it said nothing\)$"),
    ],
)
def test_the_line_that_matters_is_told_with_its_mend(said: str, out: str, told: str) -> None:
    assert re.search(told, explained("fetch", said, out))


def test_what_a_server_says_is_one_short_line_without_credentials() -> None:
    said = "fatal: https://robot:hunter2@h/\x1b[31m\r" + "x" * 5000

    told = explained("push", said)

    assert "hunter2" not in told
    assert told.isprintable()
    assert len(told) < LONGEST + 50


def test_a_command_that_does_not_end_is_named() -> None:
    git = Git({"PATH": os.environ["PATH"]})

    with pytest.raises(RepoUnusable, match=r"git waiting took longer than 0\.1 seconds"):
        git.run("-c", "alias.waiting=!sleep 5", "waiting", seconds=0.1)
