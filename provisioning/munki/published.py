"""The published repo: the Munki repo as Macs get it by HTTP, perhaps from a CDN that is late.

Clients refuse redirects, stop at an included manifest that is missing, and skip a manifest
without catalogs, so the check covers these.
"""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from threading import Lock
from urllib.parse import quote

from cachetools import TTLCache
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from infrastructure.execution.connecting import why_unanswered
from infrastructure.execution.deadlines import deadline
from infrastructure.execution.pools import limited
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import INCLUDED
from provisioning.munki.manifests.includes import CATALOGS, named
from provisioning.munki.repo import digest
from provisioning.munki.storage import LARGEST

TIMEOUT = Timeout(connect=3, read=5)  # seconds; a Mac waits for the answer
TOTAL_TIMEOUT = 15.0  # seconds for all answers about one manifest, however slowly they come
MAX_AGE = 60.0  # seconds until an included manifest or a catalog is requested again
MAX_CACHED = 10_000  # cached manifests and catalogs
DEEPEST = 20  # included manifests within one another; more is a loop


class Unserved(Exception):
    """A fault that a Mac would meet in the published repo, as half a sentence."""


class PublishedRepo:
    """The published repo at `url`; `authorization` is the value of that header, where needed."""

    def __init__(self, url: str, authorization: str | None = None) -> None:
        self._url = url.rstrip("/")
        headers = {"User-Agent": "managedsoftwareupdate (Rollcall)", "Cache-Control": "no-cache"}
        if authorization:
            headers["Authorization"] = authorization
        retries = Retry(0, redirect=False)
        self._http = limited(
            PoolManager(maxsize=16, headers=headers, timeout=TIMEOUT, retries=retries)
        )
        self._checked: TTLCache[str, None] = TTLCache(MAX_CACHED, MAX_AGE)
        self._lock = Lock()

    def fault(self, name: str, expected: str) -> str | None:
        """Return the fault that a Mac would meet that requests the manifest `name`, or None.

        `expected` is the digest of the written manifest.
        """
        try:
            with deadline(TOTAL_TIMEOUT):
                content = self._get(f"manifests/{name}")
                if digest(content) != expected:
                    raise Unserved(f"still serves another version of {name}")
                self._look_into(name, content, ())
        except Unserved as fault:
            return f"{self._url} {fault}"
        except ManifestUnreadable as error:
            return f"{self._url} serves something else: {error}"
        except HTTPError as error:
            return f"{self._url} cannot be reached ({why_unanswered(error)})"
        return None

    def _look_into(self, name: str, content: bytes, above: Sequence[str]) -> None:
        """Raise Unserved where a manifest names a catalog or a manifest that is not served."""
        if len(above) > DEEPEST or name in above:
            raise Unserved(f"serves manifests that include each other: {name}")
        manifest = documents.read(name, content)
        if not above and not manifest.get("catalogs"):
            raise Unserved(f"serves {name} without catalogs, so Munki skips it")
        for catalog in self._unseen("catalogs", named(manifest, CATALOGS)):
            self._ask("HEAD", catalog)
            self._note(catalog)
        for path in self._unseen("manifests", named(manifest, INCLUDED)):
            self._look_into(path, self._get(path), [*above, name])
            self._note(path)

    def _unseen(self, folder: str, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            path = f"{folder}/{name}"
            if path not in self._checked:
                yield path

    def _note(self, path: str) -> None:
        with self._lock:
            self._checked[path] = None

    def _get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str) -> bytes:
        response = self._http.request(method, f"{self._url}/{quote(path)}", preload_content=False)
        try:
            status = response.status
            if status != HTTPStatus.OK:  # anything else is none to a Munki client
                fault = "redirects" if status in range(300, 400) else f"answers {status}"
                raise Unserved(f"{fault} for {path}")
            content = response.read(LARGEST + 1)
            if len(content) > LARGEST:
                raise Unserved(f"serves more than 4 MiB for {path}")
            return content
        finally:
            response.release_conn()
