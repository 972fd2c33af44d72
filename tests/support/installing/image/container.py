"""Docker, by its command line, and a container of the image under test."""

import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.waiting import eventually

MEMORY = "384m"
STARTED = 30  # seconds that a start may take before the test gives up
# As compose.yaml confines it, with a limit of memory. The host's network leads to the stand-in
# Slack, which listens on 127.0.0.1, and to a free port in place of a published one.
CONFINED = (
    "--network=host",
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    f"--memory={MEMORY}",
)


class DockerFailed(Exception):
    """Docker refused a command; the text is what it printed."""


def docker(*arguments: str | Path, given: str = "") -> str:
    """Run a command of Docker's and return what it printed. Raises DockerFailed."""
    ended = _docker(*arguments, given=given)
    if ended.returncode != 0:
        command = " ".join(map(str, arguments))
        raise DockerFailed(f"docker {command}\n{ended.stdout}{ended.stderr}")
    return ended.stdout.strip()


def _docker(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    command = ["docker", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


class Container:
    """One container of `image` and its volume for /data; both are gone afterwards.

    `env_file` has the settings, and `url` is where they make the server listen. Where something
    goes wrong in it, the log is printed.
    """

    def __init__(self, image: str, env_file: Path, repo: Path, url: str) -> None:
        self.name = f"rollcall-test-{secrets.token_hex(4)}"
        self._image = image
        self._env_file = env_file
        self._repo = repo
        self._url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            sys.stderr.write(f"The log of {self.name}:\n{self.log()}\n")
        _docker("rm", "--force", "--volumes", self.name)
        _docker("volume", "rm", self.name)

    def run(self, *options: str) -> float:
        """Create it and start everything; returns the seconds until it was ready."""
        began = time.monotonic()
        docker(
            "run", "--detach", f"--name={self.name}", *self._surroundings(), *options, self._image
        )
        self._wait_until_ready()
        return time.monotonic() - began

    def run_beside(
        self, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the image with `arguments` in a container of its own, on the same volume.

        As `docker compose run --rm -T` does; `given` is its standard input, `environment` what it
        is told otherwise.
        """
        changed = [f"--env={name}={value}" for name, value in (environment or {}).items()]
        surroundings = [*self._surroundings(), *changed]
        command = ["docker", "run", "--rm", "--interactive", *surroundings, self._image, *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=False)

    def _surroundings(self) -> list[str]:
        return [
            f"--env-file={self._env_file}",
            f"--volume={self._repo}:/munki_repo",
            f"--volume={self.name}:/data",
            *CONFINED,
        ]

    def start(self) -> None:
        """Start it again and wait until it is ready."""
        docker("start", self.name)
        self._wait_until_ready()

    def stop(self) -> tuple[int, float]:
        """Ask it to end, for as long as Docker waits; returns its exit code and the seconds."""
        began = time.monotonic()
        docker("stop", self.name)
        return int(self.state("ExitCode")), time.monotonic() - began

    def state(self, field: str) -> str:
        """A field of the container's state in Docker, such as `ExitCode` or `Health.Status`."""
        return docker("inspect", "--format", f"{{{{.State.{field}}}}}", self.name)

    def execute(self, *command: str, user: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in it, as the image's user or another one."""
        return _docker("exec", f"--user={user}", self.name, *command)

    def printed_by(self, *command: str) -> bytes:
        """Run a command in it, as `docker compose exec -T` does; returns its standard output."""
        executed = ["docker", "exec", self.name, *command]
        return subprocess.run(executed, capture_output=True, check=True).stdout

    def memory(self) -> str:
        """The memory that it uses, such as `81.5MiB`."""
        usage = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", self.name)
        return usage.partition(" ")[0]

    def log(self) -> str:
        """Everything that it printed."""
        ended = _docker("logs", self.name)
        return ended.stdout + ended.stderr

    def _wait_until_ready(self) -> None:
        eventually(self._is_ready, timeout=STARTED)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/readyz", timeout=2):
                return True
        except OSError:
            return False
