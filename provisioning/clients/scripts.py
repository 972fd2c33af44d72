"""First-boot scripts: rendered from templates, with values that are safe in sh, and their cache."""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from cachetools import TTLCache, cached
from jinja2 import Template

from provisioning.access.tokens import BoundMac, Tokens
from provisioning.clients.templates import shell_lint
from provisioning.clients.templates.catalog import TemplateCatalog
from provisioning.clients.templates.chooser import IsSite, no_site
from provisioning.clients.templates.last_good import LastGood
from provisioning.clients.templates.loader import TemplateLoader
from provisioning.clients.templates.renderer import Renderer
from provisioning.munki import Destination, RepoView

TEMPLATES = Path(__file__).parents[2] / "templates" / "scripts"

PLACEHOLDER = "REDACTED"  # stands where a secret was
MAX_AGE = 20  # seconds; a template that changed is served within a minute


@dataclass(frozen=True, slots=True)
class ScriptPreview:
    """A script that people may see; its template is the first of those `tried` that exists."""

    text: str
    template: str
    tried: tuple[str, ...]


def quote(value: str) -> str:
    """Return `value` as one word of POSIX sh, whatever is in it.

    Imagr replaces `{{…}}` in the text of a script and then unescapes `&amp;`, `&lt;` and
    `&gt;`; other clients do neither. Closing and opening the quotes inside such a sequence
    means the same to sh and is not seen by Imagr.
    """
    return shlex.quote(value).replace("&", "&''").replace("{", "{''")


class Scripts:
    """A renderer of the scripts that send a Mac to a destination.

    `url` is the address of the server. Templates in `overrides`, where given, come before
    those that Rollcall ships; `catalog` holds both. With `last_good`, a broken one is not served.
    `is_site` tells the sites of the repo.
    """

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        overrides: Path | None = None,
        last_good: LastGood | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        is_site: IsSite = no_site,
    ) -> None:
        self._url = url.rstrip("/")
        self._tokens = tokens
        folders = [overrides, TEMPLATES] if overrides else [TEMPLATES]
        self.catalog = TemplateCatalog(
            "",
            TemplateLoader(folders, ".sh.j2", clock),
            Renderer({"sh": quote}),
            self._without_token,
            shell_lint.lint,
            last_good,
            is_site=is_site,
        )

    def this_window(self) -> int:
        """Return the number of the window in which scripts are now made; see Tokens."""
        return self._tokens.this_window()

    def script_for(
        self,
        destination: Destination,
        mac: BoundMac | None = None,
        window: int | None = None,
        *,
        allowed_site: str | None = None,
    ) -> str:
        """Return the script for `destination`, from the most specific template there is.

        `site` and `build` are empty in the script for WHERE_REGISTERED. Its token is for `mac`
        alone and for the site `allowed_site`, where given; it is of that `window`, or of the
        present one, in which the script stays the same, byte for byte. Raises UnusableTemplate.
        """
        token = self._tokens.issue(destination, mac, window, allowed_site=allowed_site)
        return self.catalog.rendered(destination, url=self._url, token=token)

    def shown_for(self, destination: Destination) -> ScriptPreview:
        """Return the script of `script_for` without its token, and its template."""
        text = self.catalog.rendered(destination, url=self._url, token=PLACEHOLDER)
        return ScriptPreview(text, *self.catalog.choice(destination))

    def _without_token(self, template: Template, destination: Destination) -> str:
        """A script to be checked, without a valid token."""
        site, build = destination.site, destination.build
        return template.render(site=site, build=build, url=self._url, token=site)


class ScriptCache:
    """The scripts by site, build and allowed site, each kept for MAX_AGE. Threads may share one.

    So a lab that boots at once gets one that was made once. A script is kept no longer than the
    window of its token: a clock that is set, or a machine that slept, would otherwise leave Macs
    with a token that is too old.
    """

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._made = cached(TTLCache(1024, MAX_AGE), lock=Lock())(self._make)

    def script(self, repo: RepoView, destination: Destination, allowed_site: str | None) -> bytes:
        """Return the script for a destination, which is read as a place of `repo`, or is nowhere.

        Raises UnknownDestination, UnusableTemplate.
        """
        return self._made(repo, destination, allowed_site, self._scripts.this_window())

    def _make(
        self, repo: RepoView, destination: Destination, allowed_site: str | None, window: int
    ) -> bytes:
        if not destination.is_nowhere:
            destination = repo.exact_destination(destination.site, destination.build)
        return self._scripts.script_for(
            destination, window=window, allowed_site=allowed_site
        ).encode()
