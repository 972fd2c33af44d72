"""The page as parts with versions: only what changed is sent, and swapped without disturbing
a person who types in another part.

Each part carries its version in a hidden field `has`, so the browser itself says what it shows;
the page remembers nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

PART = '<div class="part" id="{}" {}><input type="hidden" name="has" value="{} {}">{}</div>'


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page: `inside` names the element it stands in, in the order of the parts."""

    id: str
    inside: str
    version: str
    draw: Callable[[], str]

    def html(self, *, replaces: bool = False) -> Markup:
        """The part as it goes into the page, or as it replaces its elder."""
        how = Markup('hx-swap-oob="true"') if replaces else ""
        return Markup(PART).format(self.id, how, self.id, self.version, Markup(self.draw()))  # noqa: S704


def changes(parts: Sequence[Part], has: Iterable[str]) -> Markup:
    """The HTML that brings a browser up to date that `has` these "id version" pairs, or "".

    An element that other parts stand in has to come before them.
    """
    known = dict(pair.split(" ", 1) for pair in has if " " in pair)
    gone = known.keys() - {part.id for part in parts}
    said = [Markup('<div id="{}" hx-swap-oob="delete"></div>').format(each) for each in gone]
    last: dict[str, str] = {}
    for part in parts:
        if part.id not in known:
            said.append(_insertion(part, last.get(part.inside)))
        elif known[part.id] != part.version:
            said.append(part.html(replaces=True))
        last[part.inside] = part.id
    return Markup().join(said)


def _insertion(part: Part, after: str | None) -> Markup:
    where = f"afterend:#{after}" if after else f"afterbegin:#{part.inside}"
    return Markup('<div hx-swap-oob="{}">{}</div>').format(escape(where), part.html())
