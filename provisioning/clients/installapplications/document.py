"""The JSON document for InstallApplications, and the script that it names by its hash."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Template
from sqlalchemy.orm import Session

from infrastructure.errors import Unknown
from provisioning.access.errors import InvalidToken
from provisioning.access.tokens import Tokens
from provisioning.clients.installapplications import promises, schema
from provisioning.clients.installapplications.promises import Promise
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.catalog import TemplateCatalog
from provisioning.clients.templates.chooser import IsSite, no_site
from provisioning.clients.templates.last_good import LastGood
from provisioning.clients.templates.loader import TemplateLoader
from provisioning.clients.templates.renderer import Renderer
from provisioning.munki import Destination

TEMPLATES = Path(__file__).parents[3] / "templates" / "installapplications"
FILE = "/Library/installapplications/rollcall.sh"
ITEM: dict[str, Any] = {
    "name": "Rollcall: ask for this Mac's manifest",
    "type": "rootscript",
    "file": FILE,
    "donotwait": False,  # what follows may be Munki, which wants the manifest
    "retries": 360,  # for half an hour, as the script does: the client gives up for good after it
    "retrywait": 5,
}


class NoSuchScript(Unknown):
    """An address of a script that no valid JSON of ours names."""

    def __init__(self) -> None:
        super().__init__("There is no such script, or no longer: fetch the JSON again.")


@dataclass(frozen=True, slots=True)
class StagesDocument:
    """A JSON for InstallApplications, which may be served once its `promise` is kept.

    `hosts` are the names of the other hosts of its items, sorted.
    """

    content: bytes
    promise: Promise
    hosts: tuple[str, ...]


class InstallApplications:
    """The source of the JSON for a site and a build, and of the script that it names by a hash.

    `url` is the address of the server. An admin's own stages are in `overrides`;
    `is_site` tells the sites of the repo.
    """

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        scripts: Scripts,
        overrides: Path | None = None,
        last_good: LastGood | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        is_site: IsSite = no_site,
    ) -> None:
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._scripts = scripts
        folders = [overrides / "installapplications", TEMPLATES] if overrides else [TEMPLATES]
        self.catalog = TemplateCatalog(
            "installapplications/",
            TemplateLoader(folders, ".json", clock),
            Renderer({"json": json.dumps}),
            self._stages,
            schema.findings,
            last_good,
            is_site=is_site,
            placed_only=True,
        )

    def document(self, destination: Destination, *, site_locked: bool = False) -> StagesDocument:
        """Return the JSON for a destination; `site_locked`: its script sends Macs to no other site.

        Raises UnusableTemplate.
        """
        document = json.loads(self.catalog.rendered(destination, url=self._url))
        changes = document.get(schema.OURS, {})
        stage = changes.pop("stage", schema.STAGES[1])
        stages = schema.items(document)
        others = schema.hosts(stages) - {schema.host(self._url)}
        promise = self._promise(destination, site_locked=site_locked)
        script = {"url": self._address(promise), "hash": promise.digest}
        stages[stage].insert(0, {**ITEM, **changes, **script})
        content = json.dumps(stages, indent=2).encode() + b"\n"
        return StagesDocument(content, promise, tuple(sorted(others)))

    def script(
        self, session: Session, destination: Destination, digest: str, *, site_locked: bool = False
    ) -> bytes:
        """Return the script that a JSON promised by its digest, while its token is good.

        `site_locked` as for the JSON. Raises NoSuchScript.
        """
        for token, content in promises.kept(session, destination, digest, site_locked=site_locked):
            if self._is_good(token):
                return content
        raise NoSuchScript

    def _promise(self, destination: Destination, *, site_locked: bool) -> Promise:
        """The script of this window."""
        window, allowed_site = self._tokens.this_window(), destination.site if site_locked else None
        content = self._scripts.script_for(
            destination, window=window, allowed_site=allowed_site
        ).encode()
        token = self._tokens.issue(destination, window=window, allowed_site=allowed_site)
        return Promise(destination, site_locked, token, content, self._tokens.end_of(window))

    def _address(self, promise: Promise) -> str:
        to, address = promise.destination, f"{self._url}/installapplications"
        if "/" in to.site or "/" in to.build or not to.site or not to.build:
            fields = {"site": to.site, "build": to.build, "digest": promise.digest}
            named = {field: value for field, value in fields.items() if value}
            return f"{address}.sh?{urlencode(named, quote_via=quote)}"
        site, build = (quote(name, safe="") for name in (to.site, to.build))
        return f"{address}/{site}/{build}/{promise.digest}.sh"

    def _is_good(self, token: str) -> bool:
        """True unless the token has expired, or ROLLCALL_SECRET_KEY has changed."""
        try:
            self._tokens.verify(token)
        except InvalidToken:
            return False
        return True

    def _stages(self, template: Template, destination: Destination) -> str:
        return template.render(site=destination.site, build=destination.build, url=self._url)
