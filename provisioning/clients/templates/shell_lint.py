"""A linter of scripts, for faults that shells refuse, and text that Imagr would change."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache

from infrastructure.findings import Finding
from provisioning.clients.templates.findings import finding

PLACEHOLDERS = (
    "target_volume", "serial_number", "machine_model", "computer_name", "keyboard_layout_name",
    "keyboard_layout_id", "language", "locale", "timezone",
)  # fmt: skip
_FOREIGN = re.compile(r"\{\{(?!(?:" + "|".join(PLACEHOLDERS) + r")\}\})[^{}]{1,80}\}\}")
_ESCAPED = re.compile(r"&(?:amp|lt|gt);")
_SPOKEN = re.compile(r":\s*(?:line )?(\d+):\s*(.+)")
_CHECKED = re.compile(r"^-:(\d+):\d+: \w+: (.+)$", re.MULTILINE)
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh")
TIMEOUT = 20  # seconds for each of them


def lint(script: str, severity: str = "error") -> Iterator[Finding]:
    """Yield the findings in `script`, each with its line. The script is not run.

    `severity` is the least that shellcheck reports, where that is installed.
    """
    if not script.startswith("#!"):
        yield finding("it does not say what runs it.", "Begin it with #!/bin/sh.", line=1)
        return
    for number, line in enumerate(script.split("\n"), 1):
        if match := _ESCAPED.search(line):
            fix = f"Split it with quotes, as in '&''{match[0][1:]}'."
            yield finding(f"Imagr would change {match[0]}.", fix, line=number)
        if match := _FOREIGN.search(line):
            fix = "Write {= site|sh =} for a value of Rollcall's."
            yield finding(f"{match[0]!r} is none of Imagr's placeholders.", fix, line=number)
    shell = script.partition("\n")[0].replace("/", " ").split()[-1]
    if shell in _SHELLS:
        yield from _unparsed(script, shell)
    if shell in ("sh", "bash", "dash", "ksh"):
        yield from _unsound(script, shell, severity)


def _unparsed(script: str, shell: str) -> Iterator[Finding]:
    program = shutil.which(shell)
    if program is None:
        return
    ended = _run((program, "-n"), script)
    if ended is not None and ended.returncode:
        output = ended.stderr.strip()
        match = _SPOKEN.search(output)
        line, reason = (int(match[1]), match[2]) if match else (None, output[:200])
        yield finding(f"{shell} cannot read it ({reason}).", line=line)


def _unsound(script: str, shell: str, severity: str) -> Iterator[Finding]:
    program = shutil.which("shellcheck")
    if program is None:
        return
    arguments = (f"--shell={shell}", f"--severity={severity}", "--format=gcc", "-")
    ended = _run((program, *arguments), script)
    for match in _CHECKED.finditer(ended.stdout if ended else ""):
        yield finding(f"shellcheck says: {match[2].rstrip('.')}.", line=int(match[1]))


def _run(command: tuple[str, ...], script: str) -> subprocess.CompletedProcess[str] | None:
    """Run shellcheck; None where it does not end in time, which is no fault of the script."""
    try:
        return _ended(command, script)
    except (OSError, subprocess.TimeoutExpired):
        return None


@lru_cache(maxsize=64)  # a run takes 50 ms
def _ended(command: tuple[str, ...], script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a program of ours, which only reads
        command, input=script, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
