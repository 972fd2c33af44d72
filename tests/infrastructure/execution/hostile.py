"""Readers that do what decoders do when they are fed the wrong bytes."""

import ctypes
import os
import sys
import time
from pathlib import Path

from provisioning.values.serials import InvalidSerial, Serial


def fill_the_memory(content: bytes) -> int:
    return len(bytearray(4 << 30))


def never_end(content: bytes) -> None:
    while True:
        pass


def sleep_on(content: bytes) -> None:
    time.sleep(60)


def leave(content: bytes) -> None:
    os._exit(0)


def crash(content: bytes) -> None:
    ctypes.string_at(0)


def refuse(content: bytes) -> None:
    raise InvalidSerial(content.decode(), "it is made up")


def stumble(content: bytes) -> None:
    raise KeyError(content.decode())


def look_around(content: bytes) -> dict[str, str]:
    return dict(os.environ)


def look_inside(content: bytes, *arguments: str) -> tuple[Serial, list[str]]:
    os.write(1, b"a decoder that talks")
    return Serial(content.decode()), list(arguments)


def flood(content: bytes) -> str:
    return "x" * (8 << 20)


def lie(content: bytes) -> None:
    """Answer in place of the decoder, as attackers do who have taken it over."""
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, content)
        except OSError:
            continue
    os._exit(0)


def write_a_file(content: bytes, path: str) -> int:
    with Path(path).open("wb") as file:
        return file.write(bytes(8 << 20))


def load_more(content: bytes) -> list[str]:
    return sorted(sys.modules)
