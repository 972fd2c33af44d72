"""InstallApplications: the JSON that it asks for, and the script that this names by its hash."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Template
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.access.errors import InvalidToken
from provisioning.access.tokens import Tokens
from provisioning.clients.installapplications import promises, schema
from provisioning.clients.installapplications.promises import Promise
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.catalog import TemplateCatalog
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


class NoSuchScript(RollcallError):
    """An address of a script that no JSON of ours names, or no longer does."""

    def __init__(self) -> None:
        super().__init__("There is no such script, or no longer: fetch the JSON again.")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON for InstallApplications, which may be served once its `promise` is kept.

    `hosts` are the names of those beside Rollcall that its items come from, sorted.
    """

    content: bytes
    promise: Promise
    hosts: tuple[str, ...]


class InstallApplications:
    """Makes the JSON for a site and a build, and finds the script that it promised.

    `url` is where a Mac reaches the server. An admin's own stages are in `overrides`.
    """

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        scripts: Scripts,
        overrides: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._scripts = scripts
        self.shelf = TemplateCatalog(
            "installapplications/",
            ".json",
            [overrides / "installapplications", TEMPLATES] if overrides else [TEMPLATES],
            render=self._stages,
            look=schema.complaints,
            filters={"json": json.dumps},
            placed_only=True,
            clock=clock,
        )

    def document(self, destination: Destination, *, fenced: bool = False) -> Document:
        """Return the JSON for a destination; `fenced`, its script sends no Mac to another site.

        Raises UnusableTemplate.
        """
        document = json.loads(self.shelf.rendered(destination, url=self._url))
        changes = document.get(schema.OURS, {})
        stage = changes.pop("stage", schema.STAGES[1])
        stages = schema.items(document)
        others = schema.hosts(stages) - {schema.host(self._url)}
        promise = self._promise(destination, fenced=fenced)
        script = {"url": self._address(promise), "hash": promise.digest}
        stages[stage].insert(0, {**ITEM, **changes, **script})
        content = json.dumps(stages, indent=2).encode() + b"\n"
        return Document(content, promise, tuple(sorted(others)))

    def script(
        self, session: Session, destination: Destination, digest: str, *, fenced: bool = False
    ) -> bytes:
        """Return the script that a JSON promised by its digest, while its token is good.

        `fenced` as for the JSON. Raises NoSuchScript.
        """
        for token, content in promises.kept(session, destination, digest, fenced=fenced):
            if self._is_good(token):
                return content
        raise NoSuchScript

    def _promise(self, to: Destination, *, fenced: bool) -> Promise:
        """The script of this window."""
        window, only = self._tokens.this_window(), to.site if fenced else None
        content = self._scripts.script_for(to, window=window, only=only).encode()
        token = self._tokens.issue(to, window=window, only=only)
        return Promise(to, fenced, token, content, self._tokens.end_of(window))

    def _address(self, promise: Promise) -> str:
        site, build = (quote(name, safe="") for name in (promise.to.site, promise.to.build))
        return f"{self._url}/installapplications/{site}/{build}/{promise.digest}.sh"

    def _is_good(self, token: str) -> bool:
        """Whether a token is good: it may have ended, or ROLLCALL_SECRET_KEY is another."""
        try:
            self._tokens.verify(token)
        except InvalidToken:
            return False
        return True

    def _stages(self, template: Template, to: Destination) -> str:
        return template.render(site=to.site, build=to.build, url=self._url)
