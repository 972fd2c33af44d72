"""A simulated Mac: asks as Imagr asks, treats a script as Imagr does, and really runs it in sh."""

import base64
import os
import subprocess
import xml.sax.saxutils
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

IOREG = """#!/bin/sh
cat <<'PLATFORM'
+-o J314sAP  <class IOPlatformExpertDevice>
    {{
      "IOPlatformUUID" = "00000000-0000-1000-8000-000000000000"
      "IOPlatformSerialNumber" = "{serial}"
      "model" = <"MacBookPro18,3">
    }}
PLATFORM
"""
PAUSE = 0.1  # seconds between two questions of a script that waits for an answer in Slack


class ImagrStopped(Exception):
    """Imagr stops, and the technician sees an error in place of a Mac that goes on."""


@dataclass(frozen=True, slots=True)
class Run:
    """The end of a first-boot script: its exit code and its output."""

    code: int
    output: str


class Mac:
    """A Mac with a serial, in front of a server that it reaches at `url`."""

    def __init__(self, serial: str, url: str, *, username: str, password: str) -> None:
        self.serial = serial
        self._url = urlsplit(url)
        self._authorization = base64.b64encode(f"{username}:{password}".encode()).decode()

    def fetch(self, site: str | None = None, build: str | None = None) -> str:
        """Get the script by URL as Imagr does: once, 10 s, no redirect, any 2xx is a script.

        Without site and build, the workflow names neither. Raises ImagrStopped as Imagr stops
        the workflow.
        """
        named = {"X-bootstrap-build": build, "X-bootstrap-site": site}
        connection = HTTPConnection(self._url.hostname or "", self._url.port, timeout=10)
        try:
            connection.request(
                "GET",
                f"{self._url.path or '/'}",
                headers={
                    "User-Agent": "Imagr/4052 CFNetwork/978.0.7 Darwin/18.7.0 (x86_64)",
                    "Accept": "*/*",
                    "Accept-Language": "en-us",
                    "Accept-Encoding": "identity",
                    "Authorization": f"Basic {self._authorization}",
                    **{name: value for name, value in named.items() if value},
                },
            )
            response = connection.getresponse()
            body = response.read().decode()
        except OSError as error:
            raise ImagrStopped(f"Couldn't copy script 0.0 ({error})") from error
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            raise ImagrStopped(f"Couldn't copy script 0.0 ({response.status}: {body.strip()})")
        return body

    def prepare(self, script: str) -> str:
        """Treat a fetched script as Imagr does: fill its placeholders, then unescape XML."""
        for name, value in {
            "target_volume": "/Volumes/Macintosh HD",
            "serial_number": self.serial,
            "machine_model": "MacBookPro18,3",
        }.items():
            script = script.replace("{{" + name + "}}", value)
        return xml.sax.saxutils.unescape(script)

    def run(self, script: str, *, timeout: float = 90) -> Run:
        """Run a script once as root's LaunchDaemon would, with this Mac's own hardware."""
        with TemporaryDirectory() as folder, self.started(script, Path(folder)) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Run(process.returncode, output)

    def started(self, script: str, folder: Path) -> subprocess.Popen[str]:
        """Start a script on this Mac, with `folder` for what it leaves behind."""
        ioreg = folder / "ioreg"
        ioreg.write_text(IOREG.format(serial=self.serial))
        ioreg.chmod(0o755)
        path = folder / "000-script"
        path.write_text(script, newline="\n")
        return subprocess.Popen(
            ["sh", str(path)],
            env={
                "PATH": f"{folder}:{os.environ['PATH']}",
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "ROLLCALL_PAUSE": str(PAUSE),
                "ROLLCALL_BREATH": str(PAUSE),
            },
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def boot(self, site: str | None = None, build: str | None = None, *, ticks: int = 3) -> Run:
        """Be imaged and boot: the first-boot script runs at every tick until it exits 0."""
        script = self.prepare(self.fetch(site, build))
        for _ in range(ticks):
            ended = self.run(script)
            if ended.code == 0:
                break
        return ended
