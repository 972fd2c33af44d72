"""Running git: fixed arguments, an environment of ours, an end in time, and no code of others."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.git.location import SCHEMES, Place
from provisioning.munki.storage.git.reasons import explained

LOCAL = 60  # seconds that git may take on our own disk
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=2"
# All that git, ssh and curl hear of our environment: none of our secrets is among it.
_PASSED_ON = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND"),
    *("GIT_SSL_CAINFO", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
)
# Given with every command, they come before what any file says: nothing in the clone or in a
# home has git run a program or write where we do not expect it.
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.commitGraph": "false",
    "core.logAllRefUpdates": "false",
    "core.alternateRefsCommand": "",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "push.recurseSubmodules": "no",
    "push.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.lowSpeedLimit": "500",  # bytes a second, for
    "http.lowSpeedTime": "20",  # seconds: then git gives up by itself, should we be gone
    "protocol.allow": "never",
    **{f"protocol.{scheme}.allow": "always" for scheme in SCHEMES},
}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command said, on both channels, and whether it succeeded."""

    succeeded: bool
    out: bytes
    said: str


def environment(place: Place, folder: str, config: str) -> dict[str, str]:
    """Return what git is told when it works in `folder`; `config` stands for a user's own."""
    settings = {**_SETTINGS, "remote.origin.url": place.url}
    if place.login:
        settings[f"http.{place.url}.extraHeader"] = f"Authorization: {place.login}"
    given = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        "GIT_SSH_COMMAND": SSH,
        **given,
        "GIT_DIR": folder,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": config,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "LC_ALL": "C",
        **_numbered(settings),
    }


def _numbered(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings in the form that git reads from its environment, where no list of processes goes."""
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        numbered[f"GIT_CONFIG_KEY_{number}"] = name
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return numbered


class Git:
    """Git in one folder. `keeps` are descriptors that its commands hold open until they end."""

    def __init__(self, environment: Mapping[str, str], keeps: Sequence[int] = ()) -> None:
        self.environment = environment
        self.keeps = keeps

    def run(self, *arguments: str, given: bytes = b"", seconds: float = LOCAL) -> Ended:
        """Run a command to its end. Raises RepoUnusable where it takes longer, or is not there."""
        command = ["git", *arguments]
        try:
            process = subprocess.Popen(  # noqa: S603 - git, with arguments of our own callers
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self.environment,
                pass_fds=self.keeps,
                start_new_session=True,  # so that what it started can be ended with it
            )
        except OSError as error:
            raise RepoUnusable(f"the program git cannot be run ({error.strerror})") from error
        with process:
            try:
                out, said = process.communicate(given, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                reason = f"git {arguments[0]} took longer than {seconds:g} seconds"
                raise RepoUnusable(reason) from error
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        return Ended(process.returncode == 0, out, said.decode(errors="replace"))

    def must(self, *arguments: str, given: bytes = b"", seconds: float = LOCAL) -> bytes:
        """Return what a command prints. Raises RepoUnusable where it fails, with git's reason."""
        ended = self.run(*arguments, given=given, seconds=seconds)
        if not ended.succeeded:
            raise RepoUnusable(explained(arguments[0], ended.said))
        return ended.out
