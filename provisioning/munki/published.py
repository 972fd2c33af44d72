"""The Munki repo as Macs get it: by HTTP, perhaps from a CDN that is late.

Clients refuse redirects, stop at an included manifest that is missing, and skip a manifest
without catalogs; so that is what is looked at.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.includes import CATALOGS, INCLUDED, named
from provisioning.munki.repo import digest

PATIENCE = Timeout(connect=3, read=5)  # seconds; a Mac waits for the answer
KEPT = 60.0  # seconds that an included manifest and a catalog count as seen
DEEPEST = 20  # included manifests within one another; more is a loop


class Fault(Exception):
    """What a Mac would miss, as half a sentence."""


class PublishedRepo:
    """The repo at `url`, where `authorization` (a whole header) lets a client in."""

    def __init__(self, url: str, authorization: str | None = None) -> None:
        self._url = url.rstrip("/")
        headers = {"User-Agent": "managedsoftwareupdate (Rollcall)", "Cache-Control": "no-cache"}
        if authorization:
            headers["Authorization"] = authorization
        self._http = PoolManager(
            maxsize=16, headers=headers, timeout=PATIENCE, retries=Retry(0, redirect=False)
        )
        self._seen: dict[str, float] = {}

    def fault(self, name: str, expected: str) -> str | None:
        """Return what a Mac would miss that asks for the manifest `name`; None for nothing.

        `expected` is the digest of what was written.
        """
        try:
            content = self._get(f"manifests/{name}")
            if digest(content) != expected:
                raise Fault(f"still serves another version of {name}")
            self._look_into(name, content, ())
        except Fault as fault:
            return f"{self._url} {fault}"
        except ManifestUnreadable as error:
            return f"{self._url} serves something else: {error}"
        except HTTPError as error:
            return f"{self._url} cannot be reached ({type(error).__name__})"
        return None

    def _look_into(self, name: str, content: bytes, above: Sequence[str]) -> None:
        """See that all that a manifest names is there."""
        if len(above) > DEEPEST or name in above:
            raise Fault(f"serves manifests that include each other: {name}")
        manifest = documents.loads(name, content)
        if not above and not manifest.get("catalogs"):
            raise Fault(f"serves {name} without catalogs, so Munki skips it")
        for catalog in self._unseen("catalogs", named(manifest, CATALOGS)):
            self._ask("HEAD", catalog)
            self._note(catalog)
        for path in self._unseen("manifests", named(manifest, INCLUDED)):
            self._look_into(path, self._get(path), [*above, name])
            self._note(path)

    def _unseen(self, folder: str, names: Iterable[str]) -> Iterator[str]:
        now = time.monotonic()
        for name in names:
            path = f"{folder}/{name}"
            if now - self._seen.get(path, -KEPT) >= KEPT:
                yield path

    def _note(self, path: str) -> None:
        self._seen[path] = time.monotonic()

    def _get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str) -> bytes:
        answer = self._http.request(method, f"{self._url}/{quote(path)}", preload_content=False)
        try:
            if answer.status != 200:  # noqa: PLR2004 - anything else is none to a Munki client
                why = "redirects" if answer.status // 100 == 3 else f"answers {answer.status}"  # noqa: PLR2004
                raise Fault(f"{why} for {path}")
            content = answer.read(documents.LARGEST + 1)
            if len(content) > documents.LARGEST:
                raise Fault(f"serves more than 4 MiB for {path}")
            return content
        finally:
            answer.release_conn()
