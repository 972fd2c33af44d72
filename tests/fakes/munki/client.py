"""A Munki client, as far as it reads manifests: written anew from what releases 6 and 7 do.

It asks for a manifest by names that it goes through, follows what is included, and stops where
something of that is missing. It refuses redirects and sends back the ETags that it was given.
"""

import http.client
import plistlib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

KEYS = ("managed_installs", "managed_uninstalls", "managed_updates", "optional_installs")


class CheckAborted(Exception):
    """The client gave up: it installs nothing, and reports nothing."""


class NotRetrieved(CheckAborted):
    """A file that the server answered with an error, other than that it is not there."""


class NoConnection(CheckAborted):
    """A server that gave no answer."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Seen:
    """The result of a check: the manifest that a Mac took, and each item with its catalogs."""

    primary: str
    items: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    def named(self, key: str) -> list[str]:
        """The names of the items under a key, in the order in which they are met."""
        return [name for name, _ in self.items.get(key, [])]


class MunkiClient:
    """A Mac with a serial and a host name whose repo is at `url`; `identifier` is its own wish.

    The releases differ in what ends the search for a manifest: in 6 no connection and a file that
    is no property list, in 7 nothing but the end of the names.
    """

    def __init__(
        self,
        url: str,
        serial: str,
        hostname: str = "mac.example.com",
        identifier: str = "",
        release: int = 6,
    ) -> None:
        self._passed_over = CheckAborted if release >= 7 else NotRetrieved
        self._url, self._serial, self._hostname = url, serial, hostname
        self._identifier = identifier
        self._http = urllib.request.build_opener(_NoRedirects)
        self._known: dict[str, tuple[str, bytes]] = {}

    def check(self) -> Seen:
        """Find the items to install. Raises CheckAborted."""
        short = self._hostname.partition(".")[0]
        usual = (self._hostname, short, self._serial, "site_default")
        names = (self._identifier,) if self._identifier else usual
        for name in names:
            try:
                content = self._get(f"manifests/{name}")
                if content is not None:
                    _parsed(name, content)
            except self._passed_over:
                if name == names[-1]:
                    raise
                continue
            if content is not None:
                return self._seen(name, content)
        raise CheckAborted("no manifest at all")

    def _seen(self, name: str, content: bytes) -> Seen:
        manifest = _parsed(name, content)
        seen = Seen(name)
        if manifest.get("catalogs"):  # otherwise the whole of it is skipped
            self._walk(manifest, tuple(manifest["catalogs"]), seen)
        return seen

    def _walk(self, manifest: dict[str, Any], inherited: tuple[str, ...], seen: Seen) -> None:
        catalogs = tuple(manifest.get("catalogs") or inherited)
        for catalog in catalogs:
            if self._get(f"catalogs/{catalog}") is None:
                raise CheckAborted(f"no catalog {catalog}")
        for include in filter(None, manifest.get("included_manifests", [])):
            content = self._get(f"manifests/{include}")
            if content is None:
                raise CheckAborted(f"no included manifest {include}")
            self._walk(_parsed(include, content), catalogs, seen)
        for item in manifest.get("conditional_items", []):
            if "condition" in item:  # whether it holds, each Mac finds out; here it does
                self._walk(item, catalogs, seen)
        for key in KEYS:
            for item in manifest.get(key, []):
                seen.items.setdefault(key, []).append((item, catalogs))

    def _get(self, path: str) -> bytes | None:
        request = urllib.request.Request(f"{self._url}/{quote(path)}")
        if path in self._known:
            request.add_header("If-Modified-Since", self._known[path][0])
        try:
            with self._http.open(request, timeout=10) as answer:
                content = bytes(answer.read())
                self._known[path] = answer.headers.get("Last-Modified", ""), content
                return content
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return self._known[path][1]
            if error.code == 404:
                return None
            raise NotRetrieved(f"{path}: {error.code}") from error
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException) as error:
            raise NoConnection(f"{path}: {error}") from error


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        return dict(plistlib.loads(content))
    except Exception as error:
        raise CheckAborted(f"{name} is no property list") from error
