"""Comparisons of commits of a clone: the files that differ, and the author of a change."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.changes import Authorship
from provisioning.munki.storage.git.program import Git

LONGEST_SEARCH = 5  # seconds for an author, whom a message can do without
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def changed(
    environment: Mapping[str, str], since: str | None, commit: str, folder: str
) -> Sequence[str] | None:
    """Return the files below a folder in which two commits differ, as paths from it.

    None where the clone does not have the first one. Raises RepoUnusable.
    """
    if since == commit:
        return ()
    if since is None or not _COMMIT.fullmatch(since):
        return None
    options = ("--name-only", "-r", "-z", "--no-renames")
    ended = Git(environment).run("diff-tree", *options, since, commit, "--", folder)
    if not ended.succeeded:
        return None
    names = os.fsdecode(ended.out).split("\0")[:-1]
    return [name.removeprefix(f"{folder}/") for name in names]


def author(environment: Mapping[str, str], commit: str, name: str) -> Authorship | None:
    """Return the author of the last change of a file; None where the clone does not have it.

    A clone begins with one commit that is not the change of all its files.
    """
    arguments = ("log", "-1", "--format=%P%x00%an%x00%at", commit, "--", f":(literal){name}")
    with suppress(RepoUnusable):
        ended = Git(environment).run(*arguments, seconds=LONGEST_SEARCH)
        if ended.succeeded and ended.out:
            parents, by, at = ended.out.decode(errors="replace").strip("\n").split("\0")
            return Authorship(by, datetime.fromtimestamp(int(at), UTC)) if parents else None
    return None
