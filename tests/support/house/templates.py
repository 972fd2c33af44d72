"""A check of every template that is shipped, harder than a server does: also with hostile names."""

import sys
from collections.abc import Iterator
from datetime import timedelta

from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.imagr.templates import TEMPLATES as IMAGR
from provisioning.clients.imagr.templates import Templates
from provisioning.clients.installapplications import document, schema
from provisioning.clients.scripts import TEMPLATES, Scripts
from provisioning.clients.templates import shell_lint
from provisioning.munki import Destination

PLAIN = Destination("london", "design")
HOSTILE = Destination('it\'s "here" & $(there) `now` {{serial_number}} &lt;', "design")


def faults() -> Iterator[str]:
    """The faults of the templates, one sentence each."""
    for path in sorted([*TEMPLATES.rglob("*.j2"), *IMAGR.rglob("*.j2")]):
        source = path.read_bytes()
        if not source.isascii() or b"\r" in source:
            yield f"{path.name}: Imagr needs ASCII and LF line ends"
    script = Scripts("http://127.0.0.1:5000", Tokens("k" * 32, timedelta(hours=1)))
    for destination in (PLAIN, WHERE_REGISTERED, HOSTILE):
        severity = "error" if destination == HOSTILE else "style"
        for finding in shell_lint.lint(script.script_for(destination), severity):
            yield f"the script for {destination}: {finding}"
    for inline in _inline():
        for finding in shell_lint.lint(inline, "style"):
            yield f"a script in Imagr's config: {finding}"
    for path in sorted(document.TEMPLATES.rglob("*.json")):
        for finding in schema.findings(path.read_text()):
            yield f"{path.name}: {finding}"


def _inline() -> Iterator[str]:
    """The scripts that stand in Imagr's config."""
    templates = Templates("http://127.0.0.1:5000")
    yield templates.script("registered.sh.j2", token="t", unregistered="None of ours")
    yield templates.script("told.sh.j2", sentence="it's nobody's")


def main() -> None:
    """Print the faults; exit 1 where there are any."""
    found = list(faults())
    if found:
        sys.exit("\n".join(found))
    sys.stdout.write("The templates are sound.\n")


if __name__ == "__main__":
    main()
