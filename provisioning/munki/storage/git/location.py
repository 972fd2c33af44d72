"""The location of a repo in git, from MUNKI_REPO: URL, branch and login."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from provisioning.munki.storage.base import UnusablePlace

SCHEMES = ("ssh", "https", "http", "file")
# Parts that no branch's name can have in git, or that a command could take for an option.
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-./]|/\.|[./]$|\.lock(/|$)")


@dataclass(frozen=True, slots=True)
class GitLocation:
    """A remote; `branch` is None for the one that the remote's HEAD names.

    `url` holds no password; `login` is the value of an Authorization header instead.
    """

    url: str
    branch: str | None = None
    login: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `git+SCHEME://…[#branch]`. Raises UnusablePlace, without the password."""
        try:
            parts = urlsplit(text.removeprefix("git+"))
            _ = parts.port
        except ValueError as error:
            raise UnusablePlace("is not a URL that can be read") from error
        if not text.startswith("git+") or parts.scheme not in SCHEMES:
            beginnings = ", ".join(f"git+{scheme}://" for scheme in SCHEMES)
            raise UnusablePlace(f"has to begin with one of {beginnings}")
        _check(parts)
        return cls(_without_secrets(parts), _branch(parts), _login(parts))

    @property
    def key(self) -> str:
        """A file name for this remote and branch, unique among all."""
        return hashlib.sha256(f"{self.url}#{self.branch or ''}".encode()).hexdigest()[:16]

    @property
    def folder(self) -> str | None:
        """The remote's folder, where it is on this machine."""
        return unquote(self.url.removeprefix("file://")) if self.url.startswith("file:") else None


def _check(parts: SplitResult) -> None:
    if parts.scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
        raise UnusablePlace("names a file by git+file:///, and then its path from the root")
    if parts.scheme != "file" and (not parts.hostname or parts.hostname.startswith("-")):
        raise UnusablePlace("names no host")
    if parts.scheme == "ssh" and parts.password:
        raise UnusablePlace("cannot hold a password for ssh, which wants a key")
    if parts.path.strip("/") == "" or parts.query or not parts.path.isprintable():
        raise UnusablePlace("names no repository")


def _branch(parts: SplitResult) -> str | None:
    branch = unquote(parts.fragment)
    if _NO_BRANCH.search(branch):
        raise UnusablePlace(f"has {branch[:80]!r} after the #, which no branch can be called")
    return branch or None


def _without_secrets(parts: SplitResult) -> str:
    """The URL without a login for http, which goes into a header, so no list of processes shows it.

    For ssh the user is part of the address.
    """
    netloc = parts.netloc if parts.scheme == "ssh" else parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, fragment="").geturl()


def _login(parts: SplitResult) -> str | None:
    if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
