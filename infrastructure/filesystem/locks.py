"""Locks by name, from a fixed number of files, so that nothing has to be cleaned up."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from infrastructure.execution.patience import Patience
from infrastructure.filesystem import atomic, owners
from infrastructure.filesystem.mounts import SYSTEM, System

STRIPES = 64  # so that different Macs seldom wait for each other


def stripe(name: str) -> int:
    """Return the lock of `name`, in any case."""
    return zlib.crc32(name.upper().encode()) % STRIPES


@contextmanager
def named_lock(
    folder: str, name: str, system: System = SYSTEM, patience: Patience | None = None
) -> Iterator[None]:
    """Lock `name`, in any case, against all callers with the same `folder`; as `exclusive`.

    Raises OSError.
    """
    number = stripe(name)
    with suppress(FileExistsError):
        owners.make_folder(folder)  # not what is above: the repo may just not be mounted
    with atomic.exclusive(f"{folder}/{number:02}", system, patience):
        yield
