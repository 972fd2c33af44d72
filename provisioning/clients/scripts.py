"""First-boot scripts: how they are made, and what makes a value safe in sh."""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template

from provisioning.access.tokens import Bound, Tokens
from provisioning.clients.templates import shell_lint
from provisioning.clients.templates.catalog import TemplateCatalog
from provisioning.munki import Destination

TEMPLATES = Path(__file__).parents[2] / "templates" / "scripts"

PLACEHOLDER = "REDACTED"  # stands where a secret was


@dataclass(frozen=True, slots=True)
class Shown:
    """A script that people may see; its template is the first one there is of those `tried`."""

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
    """Renders the script that sends a Mac to a destination.

    `url` is where a Mac reaches the server. Templates in `overrides`, where given, come before
    those that Rollcall ships; `shelf` holds both.
    """

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        overrides: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url.rstrip("/")
        self._tokens = tokens
        self.shelf = TemplateCatalog(
            "",
            ".sh.j2",
            [overrides, TEMPLATES] if overrides else [TEMPLATES],
            render=self._checked,
            look=shell_lint.complaints,
            filters={"sh": quote},
            clock=clock,
        )

    def script_for(
        self,
        destination: Destination,
        mac: Bound | None = None,
        window: int | None = None,
        *,
        only: str | None = None,
    ) -> str:
        """Return the script for `destination`, from the most specific template there is.

        `site` and `build` are empty in that for WHERE_REGISTERED. It is good for `mac` alone,
        where given, and for the site `only`; made in that `window` or in the one that is open:
        the same, byte for byte, as often as it is asked for. Raises UnusableTemplate.
        """
        token = self._tokens.issue(destination, mac, window, only=only)
        return self.shelf.rendered(destination, url=self._url, token=token)

    def shown_for(self, destination: Destination) -> Shown:
        """Return the script that `script_for` would, without its token, and why that one."""
        text = self.shelf.rendered(destination, url=self._url, token=PLACEHOLDER)
        return Shown(text, *self.shelf.choice(destination))

    def _checked(self, template: Template, to: Destination) -> str:
        """A script to be looked at, without a token that is good for anything."""
        return template.render(site=to.site, build=to.build, url=self._url, token=to.site)
