"""Keeping the clone small: every commit leaves four files in it, one as long as the folder."""

import fcntl
import os

from provisioning.munki.storage.base import faults
from provisioning.munki.storage.git.clone import Copy
from provisioning.munki.storage.git.program import Git

MANY = 8  # files in one of 256 folders of equal size: some 2,000 in all
PACKING = 600  # seconds


def pack(copy: Copy) -> None:
    """Pack the clone where it has become many files, unless somebody is at it.

    Readers and writers go on meanwhile. Raises RepoUnusable.
    """
    if not _is_due(copy):
        return
    with faults():
        lock = os.open(f"{copy.folder}/packing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        git = Git(copy.environment, keeps=(lock,))
        # Refs are not packed, so that it takes no lock that a writer would take for a dead one's.
        git.must("-c", "gc.packRefs=false", "gc", "--quiet", "--force", seconds=PACKING)
    except BlockingIOError:
        pass
    finally:
        os.close(lock)


def _is_due(copy: Copy) -> bool:
    try:
        return len(os.listdir(f"{copy.repository}/objects/17")) > MANY
    except OSError:
        return False
