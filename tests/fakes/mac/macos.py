"""The parts of macOS that the lines in docs/how-to/clients call, in place of this machine's own."""

import os
import subprocess
from pathlib import Path

from tests.fakes.mac import IOREG, PAUSE

TOOLS = {
    "sudo": 'exec "$@"',
    "sleep": 'exec /bin/sleep "$(awk "BEGIN { print $1 / 100 }")"',
    "shasum": 'shift 2; exec sha256sum "$@"',
}


class MacOS:
    """A Mac with a serial, whose programs and files lie below `folder`."""

    def __init__(self, folder: Path, serial: str) -> None:
        self.folder = folder
        self._bin = folder / "bin"
        self._bin.mkdir(parents=True)
        self.tool("ioreg", IOREG.format(serial=serial).removeprefix("#!/bin/sh\n"))
        for name, line in TOOLS.items():
            self.tool(name, line)

    def tool(self, name: str, text: str) -> None:
        """Give the Mac a program."""
        path = self._bin / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a command as root would."""
        return subprocess.Popen(
            command,
            env={
                "PATH": f"{self._bin}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "TMPDIR": str(self.folder),
                "ROLLCALL_PAUSE": str(PAUSE),
            },
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command to its end; return its exit code and what it said."""
        process = self.start(*command)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said
