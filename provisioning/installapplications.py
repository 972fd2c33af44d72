"""InstallApplications: the JSON that it asks for, and the script that this names by its hash."""

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from jinja2 import Template

from provisioning import bootstraps
from provisioning.errors import RollcallError
from provisioning.munki import Destination
from provisioning.scripts import Scripts
from provisioning.shelves import Shelf
from provisioning.tokens import Tokens

TEMPLATES = Path(__file__).parent.parent / "templates" / "installapplications"
FILE = "/Library/installapplications/rollcall.sh"
DIGITS = 16  # of the hash, in the script's address
REMEMBERED = 64  # scripts, so that one is still there when its template changes
ITEM: dict[str, Any] = {
    "name": "Rollcall: ask for this Mac's manifest",
    "type": "rootscript",
    "file": FILE,
    "donotwait": False,  # what follows may be Munki, which wants the manifest
    "retries": 20,  # the client gives up for good after these; a restart takes less
    "retrywait": 5,
}


class NoSuchScript(RollcallError):
    """An address of a script that no JSON of ours names, or no longer does."""

    def __init__(self) -> None:
        super().__init__("There is no such script, or no longer: fetch the JSON again.")


class InstallApplications:
    """Makes the JSON for a site and a build, and its script: the same bytes whenever asked.

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
        self._served: OrderedDict[tuple[Destination, str], bytes] = OrderedDict()
        self._serving = Lock()
        self.shelf = Shelf(
            "installapplications/",
            ".json",
            [overrides / "installapplications", TEMPLATES] if overrides else [TEMPLATES],
            render=self._stages,
            look=bootstraps.complaints,
            filters={"json": json.dumps},
            placed_only=True,
            clock=clock,
        )

    def document(self, destination: Destination, *, fenced: bool = False) -> bytes:
        """Return the JSON for a destination; `fenced`, its script sends no Mac to another site.

        Raises UnusableTemplate.
        """
        document = json.loads(self.shelf.rendered(destination, url=self._url))
        changes = document.get(bootstraps.OURS, {})
        stage = changes.pop("stage", bootstraps.STAGES[1])
        stages = bootstraps.items(document)
        stages[stage].insert(0, {**ITEM, **changes, **self._script(destination, fenced)})
        return json.dumps(stages, indent=2).encode() + b"\n"

    def script(self, destination: Destination, stamp: str) -> bytes:
        """Return the script that a JSON names with `stamp`, made this window or the last.

        Raises NoSuchScript, UnusableTemplate.
        """
        with self._serving:
            served = self._served.get((destination, stamp))
        if served is not None and self._is_recent(stamp):
            return served
        now = self._tokens.this_window()
        for window in (now, now - 1, now + 1):  # the other server's clock may be ahead
            for fenced in (False, True):
                content = self._made(destination, window, fenced)
                if _stamp(window, content) == stamp:
                    return content
        raise NoSuchScript

    def _script(self, destination: Destination, fenced: bool) -> dict[str, str]:
        """The address of the script of this window, and its hash."""
        window = self._tokens.this_window()
        content = self._made(destination, window, fenced)
        stamp = _stamp(window, content)
        with self._serving:
            self._served[destination, stamp] = content
            while len(self._served) > REMEMBERED:
                self._served.popitem(last=False)
        site, build = quote(destination.site, safe=""), quote(destination.build, safe="")
        address = f"{self._url}/installapplications/{site}/{build}/{stamp}.sh"
        return {"url": address, "hash": hashlib.sha256(content).hexdigest()}

    def _made(self, destination: Destination, window: int, fenced: bool) -> bytes:
        only = destination.site if fenced else None
        return self._scripts.script_for(destination, window=window, only=only).encode()

    def _is_recent(self, stamp: str) -> bool:
        return abs(int(stamp.partition("-")[0]) - self._tokens.this_window()) <= 1

    def _stages(self, template: Template, to: Destination) -> str:
        return template.render(site=to.site, build=to.build, url=self._url)


def _stamp(window: int, content: bytes) -> str:
    return f"{window}-{hashlib.sha256(content).hexdigest()[:DIGITS]}"
