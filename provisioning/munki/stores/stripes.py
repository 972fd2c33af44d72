"""Locks by name, from a fixed number of files, so that nothing has to be cleaned up."""

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from provisioning import files

STRIPES = 64  # so that different Macs seldom wait for each other


@contextmanager
def held(folder: str, name: str) -> Iterator[None]:
    """Hold `name`, in any case, against all who hold by the same folder. Raises OSError."""
    stripe = zlib.crc32(name.upper().encode()) % STRIPES
    os.makedirs(folder, exist_ok=True)
    with files.exclusive(f"{folder}/{stripe:02}"):
        yield
