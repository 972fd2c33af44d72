"""The program git, run with fixed arguments, our own environment and a timeout.

Nothing in a repo or a home folder makes it run other programs. Its errors become one line for an
admin, with the fix.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from infrastructure.text import without_logins
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.git.location import SCHEMES, GitLocation

LOCAL_TIMEOUT = 60  # seconds that git may take on our own disk
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=2"
# The variables of our environment that git, ssh and curl get; none is a secret of ours.
_PASSED_ON = (
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
)  # fmt: skip
# Settings for every command, which beat those in files: so nothing in the clone or in a home folder
# makes git run a program, or write in an unexpected place.
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

LONGEST = 300  # characters of an error of git or the server
_FIXES = {
    "Host key verification failed": (
        "put the host's key into known_hosts, see docs/how-to/munki-repo.md"
    ),
    "Permission denied (publickey": "give Rollcall a key that the host knows",
    "terminal prompts disabled": "put a user and a token into MUNKI_REPO, or into ~/.netrc",
    "Authentication failed": "look at the user and the token in MUNKI_REPO or ~/.netrc",
    "error: 403": "let Rollcall's user write to the repository",
    "dubious ownership": "the folder has to belong to Rollcall's user",
    "Could not resolve host": "look at the host's name in MUNKI_REPO, and at the DNS",
    "does not appear to be a git repository": "look at the path in MUNKI_REPO",
    "not found": "look at the path in MUNKI_REPO, and whether Rollcall's user may see it",
    "couldn't find remote ref": "push that branch, or name another after a # in MUNKI_REPO",
    "hook declined": "let Rollcall's user push to the branch",
    "protected branch": "let Rollcall's user push to the branch",
    "No space left on device": "the disk is full",
    "Permission denied": "Rollcall's user may not do that",
}
_REJECTED = re.compile(r"\[(?:remote )?rejected\] \((.+)\)")


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a command: its output, its errors, and `succeeded`."""

    succeeded: bool
    out: bytes
    errors: str


def environment(place: GitLocation, folder: str, config: str) -> dict[str, str]:
    """Return git's environment for the repository `folder`; `config` replaces a user's own file."""
    settings = {**_SETTINGS, "remote.origin.url": place.url}
    if place.login:
        settings[f"http.{place.url}.extraHeader"] = f"Authorization: {place.login}"
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        "GIT_SSH_COMMAND": SSH,
        **passed_on,
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
    """Settings as variables for git, because a list of processes would show its arguments."""
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        numbered[f"GIT_CONFIG_KEY_{number}"] = name
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return numbered


class Git:
    """The program git with one environment.

    `keeps` are file descriptors that its commands hold open until they end.
    """

    def __init__(self, environment: Mapping[str, str], keeps: Sequence[int] = ()) -> None:
        self.environment = environment
        self.keeps = keeps

    def run(self, *arguments: str, stdin: bytes = b"", seconds: float = LOCAL_TIMEOUT) -> Ended:
        """Run a command with `stdin`, for `seconds` at most.

        Raises RepoUnusable where it takes longer, or git is not installed.
        """
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
                out, errors = process.communicate(stdin, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                reason = f"git {_verb(arguments)} took longer than {seconds:g} seconds"
                raise RepoUnusable(reason) from error
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        return Ended(process.returncode == 0, out, errors.decode(errors="replace"))

    def must(self, *arguments: str, stdin: bytes = b"", seconds: float = LOCAL_TIMEOUT) -> bytes:
        """Return the output of a command. Raises RepoUnusable where it fails, with git's reason."""
        ended = self.run(*arguments, stdin=stdin, seconds=seconds)
        if not ended.succeeded:
            raise RepoUnusable(explained(_verb(arguments), ended.errors))
        return ended.out


def _verb(arguments: Sequence[str]) -> str:
    """The command among git's arguments, which may stand behind one setting (`-c NAME=VALUE`)."""
    return arguments[2 if arguments[0] == "-c" else 0]


def explained(command: str, errors: str, out: str = "") -> str:
    """Return the reason why `git command` failed, and the fix if known, without credentials."""
    reason = _reason(errors, out)
    fix = next((fix for sign, fix in _FIXES.items() if sign in f"{out}\n{errors}"), None)
    return f"git {command} failed ({reason})" + (f"; {fix}" if fix else "")


def _reason(errors: str, out: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    rejected = _REJECTED.findall(out)
    explained_lines = [line for line in lines if any(sign in line for sign in _FIXES)]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    chosen = rejected[:1] + [line for line in remote if line][:2] if rejected else []
    chosen = chosen or explained_lines[:1] or fatal[:1] or lines[-1:] or ["it said nothing"]
    return plain(": ".join(chosen))


def plain(text: str) -> str:
    """Return a text on one line, without control characters, and without users in URLs."""
    return without_logins(one_line(text))[:LONGEST]


def one_line(text: str) -> str:
    """Return a text on one line, with a space in place of each control character."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
