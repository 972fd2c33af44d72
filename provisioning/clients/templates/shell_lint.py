"""What shells say of a script that nobody has run yet, and what Imagr would do to it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

Complaint: TypeAlias = tuple[int | None, str, str]  # the line of the script, what, how it is fixed

PLACEHOLDERS = (
    *("target_volume", "serial_number", "machine_model", "computer_name", "keyboard_layout_name"),
    *("keyboard_layout_id", "language", "locale", "timezone"),
)
_FOREIGN = re.compile(r"\{\{(?!(?:" + "|".join(PLACEHOLDERS) + r")\}\})[^{}]{1,80}\}\}")
_ESCAPED = re.compile(r"&(?:amp|lt|gt);")
_SPOKEN = re.compile(r":\s*(?:line )?(\d+):\s*(.+)")
_CHECKED = re.compile(r"^-:(\d+):\d+: \w+: (.+)$", re.MULTILINE)
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh")
PATIENCE = 20  # seconds for each of them


def complaints(script: str, severity: str = "error") -> Iterator[Complaint]:
    """Yield what is wrong with `script`. Nothing of it is run.

    `severity` is the least that shellcheck reports, where that is installed.
    """
    if not script.startswith("#!"):
        yield 1, "it does not say what runs it", "Begin it with #!/bin/sh"
        return
    for number, line in enumerate(script.split("\n"), 1):
        if found := _ESCAPED.search(line):
            fix = f"Split it with quotes, as in '&''{found[0][1:]}'"
            yield number, f"Imagr would change {found[0]}", fix
        if found := _FOREIGN.search(line):
            fix = "Write {= site|sh =} for a value of Rollcall's"
            yield number, f"{found[0]!r} is none of Imagr's placeholders", fix
    shell = script.partition("\n")[0].replace("/", " ").split()[-1]
    if shell in _SHELLS:
        yield from _unparsed(script, shell)
    if shell in ("sh", "bash", "dash", "ksh"):
        yield from _unsound(script, shell, severity)


def _unparsed(script: str, shell: str) -> Iterator[Complaint]:
    program = shutil.which(shell)
    if program is None:
        return
    ended = _run((program, "-n"), script)
    if ended is not None and ended.returncode:
        said = ended.stderr.strip()
        found = _SPOKEN.search(said)
        line, what = (int(found[1]), found[2]) if found else (None, said[:200])
        yield line, f"{shell} cannot read it ({what})", "Fix the file"


def _unsound(script: str, shell: str, severity: str) -> Iterator[Complaint]:
    program = shutil.which("shellcheck")
    if program is None:
        return
    arguments = (f"--shell={shell}", f"--severity={severity}", "--format=gcc", "-")
    ended = _run((program, *arguments), script)
    for found in _CHECKED.finditer(ended.stdout if ended else ""):
        yield int(found[1]), f"shellcheck says: {found[2]}", "Fix the file"


def _run(command: tuple[str, ...], script: str) -> subprocess.CompletedProcess[str] | None:
    """Run it; None where it does not come to an end, which is no fault of the script."""
    try:
        return _ended(command, script)
    except (OSError, subprocess.TimeoutExpired):
        return None


@lru_cache(maxsize=64)  # what it says of the same script is the same: 50 ms each
def _ended(command: tuple[str, ...], script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a program of ours, which only reads
        command, input=script, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
