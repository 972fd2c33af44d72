"""First-boot scripts: the one Jinja environment, and what makes a value safe in sh."""

import shlex
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from provisioning.munki import Destination
from provisioning.tokens import WHERE_REGISTERED, Bound, Tokens

TEMPLATES = Path(__file__).parent.parent / "templates" / "scripts"


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

    def script_for(
        self, destination: Destination, mac: Bound | None = None, window: int | None = None
    ) -> str:
        """Return the script for `destination`, from the most specific template there is.

        `site` and `build` are empty in that for WHERE_REGISTERED. It is good for `mac` alone,
        where given, and made in that `window` or in the one that is open: the same, byte for
        byte, as often as it is asked for.
        """
        template = self._templates.select_template(_names(destination))
        return template.render(
            site=destination.site,
            build=destination.build,
            url=self._url,
            token=self._tokens.issue(destination, mac, window),
        )


def _names(destination: Destination) -> list[str]:
    """The templates that may be for a destination, the most specific first."""
    if destination == WHERE_REGISTERED:
        return ["base.sh.j2"]
    site, build = destination.site, destination.build
    specific = [f"sites/{site}/{build}.sh.j2", f"builds/{build}.sh.j2", f"sites/{site}.sh.j2"]
    return [*specific, "base.sh.j2"]
