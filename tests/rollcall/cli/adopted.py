"""The command that looks at a Munki repo as it is."""

import os
from pathlib import Path
from subprocess import CompletedProcess

from tests.support.running.commandline import typed


def adopt(*arguments: str | Path, **environment: str) -> CompletedProcess[str]:
    """Type it, with nothing set up."""
    return typed({"PATH": os.environ["PATH"], **environment}, "adopt", *map(str, arguments))
