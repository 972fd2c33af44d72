"""First-boot scripts: the one Jinja environment, and what makes a value safe in sh."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from provisioning.munki import Destination
from provisioning.tokens import WHERE_REGISTERED, Tokens

TEMPLATES = Path(__file__).parent.parent / "templates" / "scripts"


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
    those that Rollcall ships.
    """

    def __init__(self, url: str, tokens: Tokens, overrides: Path | None = None) -> None:
        self._url = url.rstrip("/")
        self._tokens = tokens
        folders = [overrides, TEMPLATES] if overrides else [TEMPLATES]
        self._templates = Environment(
            loader=FileSystemLoader(folders),
            # {{ }} and {# collide with Imagr and bash, [[ ]] and << >> with sh.
            variable_start_string="{=",
            variable_end_string="=}",
            comment_start_string="{##",
            comment_end_string="##}",
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - sh, not HTML: every value goes through the filter `sh`
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["sh"] = quote

    def script_for(self, destination: Destination, token: str | None = None) -> str:
        """Return the script for `destination`, from the most specific template there is.

        `site` and `build` are empty in that for WHERE_REGISTERED. It carries `token`, or one that
        is made for it.
        """
        template = self._templates.select_template(_names(destination))
        return self._rendered(template, destination, token or self._tokens.issue(destination))

    def shown_for(self, destination: Destination) -> Shown:
        """Return the script that `script_for` would, without its token, and why that one."""
        tried = _names(destination)
        template = self._templates.select_template(tried)
        text = self._rendered(template, destination, PLACEHOLDER)
        return Shown(text, template.name or "", tuple(tried))

    def _rendered(self, template: Template, destination: Destination, token: str) -> str:
        return template.render(
            site=destination.site, build=destination.build, url=self._url, token=token
        )


def _names(destination: Destination) -> list[str]:
    """The templates that may be for a destination, the most specific first."""
    if destination == WHERE_REGISTERED:
        return ["base.sh.j2"]
    site, build = destination.site, destination.build
    specific = [f"sites/{site}/{build}.sh.j2", f"builds/{build}.sh.j2", f"sites/{site}.sh.j2"]
    return [*specific, "base.sh.j2"]
