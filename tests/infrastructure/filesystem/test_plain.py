"""Plain files, and what may stand in place of one."""

import os
import socket
from pathlib import Path

import pytest

from infrastructure.filesystem import plain


def test_of_a_file_as_much_is_read_as_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")

    assert plain.read(file) == b"content"
    assert plain.read(str(file), 4) == b"cont"


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)

    for path in (pipe, link, Path("/dev/zero")):
        with pytest.raises(OSError, match="it is a pipe or a device, not a file"):
            plain.read(path, 10)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        with pytest.raises(OSError, match="No such device"):
            plain.read(tmp_path / "socket")
