"""A simulated `manifestutil` of Munki with its MWA2 API plugin, on the wire: it runs curl.

Written anew from what that plugin sends: a directive file, `fail`, `location`, `-d` for bodies,
which strips line feeds from what it reads out of a file, and no ETag ever.
"""

import plistlib
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

WHOLE = 1024  # bytes of a body that is passed on the command line, line feeds and all


class CurlError(Exception):
    """curl's own exit code and words."""


class ManifestUtil:
    """A client of the API at `url` with the header that its environment names, verbatim."""

    def __init__(self, url: str, authorization: str, folder: Path) -> None:
        self._url, self._authorization, self._folder = url, authorization, folder

    def names(self, kind: str = "manifests") -> list[str]:
        """The names of all items of a kind."""
        items = plistlib.loads(self._curl(f"{kind}?api_fields=filename", accept=True))
        return [item["filename"] for item in items]

    def show(self, name: str) -> dict[str, Any]:
        """One manifest."""
        return dict(plistlib.loads(self._curl(f"manifests/{quote(name)}", accept=True)))

    def put(self, name: str, manifest: dict[str, Any]) -> None:
        """Make or change a manifest."""
        content = plistlib.dumps(manifest)
        body = content.decode()
        if len(content) > WHOLE:
            file = self._folder / "body"
            file.write_bytes(content)
            body = f"@{file}"
        self._curl(f"manifests/{quote(name)}", method="PUT", body=body)

    def delete(self, name: str) -> None:
        """Remove a manifest."""
        self._curl(f"manifests/{quote(name)}", method="DELETE")

    def add_catalog(self, catalog: str, name: str) -> None:
        """Run `manifestutil add-catalog`: fetch, change, put."""
        manifest = self.show(name)
        manifest["catalogs"] = [catalog, *manifest.get("catalogs", [])]
        self.put(name, manifest)

    def rename(self, name: str, new_name: str) -> None:
        """Run `manifestutil rename-manifest`: fetch, put under the new name, delete."""
        self.put(new_name, self.show(name))
        self.delete(name)

    def _curl(
        self, path: str, *, method: str = "GET", body: str | None = None, accept: bool = False
    ) -> bytes:
        directives = ["silent", "show-error", "fail", "location", f"request = {method}"]
        if accept:
            directives.append('header = "Accept: application/xml"')
        if body is not None:
            directives.append('header = "Content-type: application/xml"')
        directives.append(f'header = "Authorization: {self._authorization}"')
        directives.append(f'url = "{self._url}/{path}"')
        config = self._folder / "directives"
        config.write_text("\n".join(directives) + "\n")
        command = ["curl", "-q", "--config", str(config)]
        command += ["-d", body] if body is not None else []
        ended = subprocess.run(command, capture_output=True, check=False, timeout=20)
        if ended.returncode:
            raise CurlError(ended.stderr.decode())
        return ended.stdout
