"""Checks every script template that is shipped: rendered, read by sh, judged by shellcheck."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

from provisioning.imagr.templates import TEMPLATES as IMAGR
from provisioning.imagr.templates import Templates
from provisioning.munki import Destination
from provisioning.scripts import TEMPLATES, Scripts
from provisioning.tokens import WHERE_REGISTERED, Tokens

PLAIN = Destination("london", "design")
HOSTILE = Destination('it\'s "here" & $(there) `now` {{serial_number}} &lt;', "design")


def faults() -> Iterator[str]:
    """What is wrong with the templates, one sentence each."""
    for path in sorted([*TEMPLATES.rglob("*.j2"), *IMAGR.rglob("*.j2")]):
        source = path.read_text()
        if not source.isascii() or "\r" in source:
            yield f"{path.name}: Imagr needs ASCII and LF line ends"
        if found := re.search(r"&(amp|lt|gt);", source):
            yield f"{path.name}: Imagr would change {found[0]}"
    script = Scripts("http://127.0.0.1:5000", Tokens("k" * 32, timedelta(hours=1)))
    for destination in (PLAIN, WHERE_REGISTERED):
        yield from _judged(["shellcheck", "--shell=sh", "-"], script.script_for(destination))
    for inline in _inline():
        yield from _judged(["shellcheck", "--shell=sh", "-"], inline)
    for destination in (PLAIN, HOSTILE, WHERE_REGISTERED):
        yield from _judged(["sh", "-n"], script.script_for(destination))


def _inline() -> Iterator[str]:
    """The scripts that stand in Imagr's config."""
    templates = Templates("http://127.0.0.1:5000")
    yield templates.script("registered.sh.j2", token="t", unregistered="None of ours")
    yield templates.script("told.sh.j2", sentence="it's nobody's")


def _judged(command: list[str], script: str) -> Iterator[str]:
    ended = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if ended.returncode:
        yield f"{command[0]}: {ended.stdout}{ended.stderr}"


def main() -> None:
    """Print the faults; exit 1 where there are any."""
    if shutil.which("shellcheck") is None:
        sys.exit("shellcheck is not installed: apt-get install shellcheck, or brew install it.")
    found = list(faults())
    if found:
        sys.exit("\n".join(found))
    sys.stdout.write("The script templates are sound.\n")


if __name__ == "__main__":
    main()
