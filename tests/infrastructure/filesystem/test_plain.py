"""Plain files, and what may stand in place of one."""

import os
import socket
import time
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


def test_with_patience_a_pipe_is_read_to_the_end_of_its_writer_or_to_the_most() -> None:
    for most in (100, 7):
        reader, writer = os.pipe()
        os.write(writer, b"content")
        if most == 100:
            os.close(writer)
        try:
            assert plain.read(f"/dev/fd/{reader}", most, patience=10) == b"content"
        finally:
            os.close(reader)
            if most == 7:
                os.close(writer)


def test_a_pipe_without_a_writer_or_with_one_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader, writer = os.pipe()
    os.write(writer, b"begin")
    began = time.monotonic()
    try:
        for path in (tmp_path / "pipe", f"/dev/fd/{reader}"):
            with pytest.raises(OSError, match="nothing wrote into, or whose writer does not end"):
                plain.read(path, 10, patience=0.01)
    finally:
        os.close(reader)
        os.close(writer)
    assert time.monotonic() - began < 5
