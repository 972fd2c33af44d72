"""Files and folders that root makes: each is given to the owner of the folder that it lies in.

An admin types a command with sudo, and the user of the service has to open what that made. No link
is followed: nothing is given away but what was made at this moment, and lies in that user's folder.
"""

import os
from contextlib import suppress

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def opened(path: str, flags: int, mode: int) -> int:
    """Open a file as `os.open` does. Raises OSError."""
    if not flags & os.O_CREAT or os.geteuid() != 0:
        return os.open(path, flags, mode)
    try:
        made = os.open(path, flags | os.O_EXCL, mode)
    except FileExistsError:
        if flags & os.O_EXCL:
            raise
        return os.open(path, flags, mode)
    _give(made, path)
    return made


def make_folder(path: str) -> None:
    """Make a folder as `os.mkdir` does. Raises OSError."""
    os.mkdir(path)
    if os.geteuid() == 0:
        with suppress(OSError):  # another program has removed or replaced it
            made = os.open(path, _FOLDER | os.O_NOFOLLOW)
            try:
                if not os.listdir(made):
                    _give(made, path)
            finally:
                os.close(made)


def _give(made: int, path: str) -> None:
    above, name = os.path.split(path)
    with suppress(OSError):  # a mount where root is nobody
        folder = os.open(above or ".", _FOLDER)
        try:
            owner, named = os.fstat(folder), os.lstat(name, dir_fd=folder)
            if owner.st_uid != 0 and os.path.samestat(named, os.fstat(made)):
                os.fchown(made, owner.st_uid, owner.st_gid)
        finally:
            os.close(folder)
