"""Rollcall's command line, without a process for every command."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from subprocess import CompletedProcess
from typing import TextIO

from rollcall.__main__ import main


def typed(
    environment: Mapping[str, str],
    *arguments: str,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
) -> CompletedProcess[str]:
    """Run `python -m rollcall` with these arguments here; return what the process would.

    What it writes to a `stdout` that is given is not returned.
    """
    said, complained = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        known(environment),
        _started(arguments, stdin or sys.stdin),
        redirect_stdout(stdout or said),
        redirect_stderr(complained),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
            if isinstance(code, str):  # Python prints it
                complained.write(f"{code}\n")
                code = 1
    returned = code if isinstance(code, int) else 0
    return CompletedProcess(arguments, returned, said.getvalue(), complained.getvalue())


@contextmanager
def known(environment: Mapping[str, str]) -> Iterator[None]:
    """Give this process another environment."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _started(arguments: tuple[str, ...], stdin: TextIO) -> Iterator[None]:
    """Give this process the arguments and the input of the command line."""
    before = sys.argv, sys.stdin
    sys.argv, sys.stdin = ["rollcall", *arguments], stdin
    try:
        yield
    finally:
        sys.argv, sys.stdin = before
