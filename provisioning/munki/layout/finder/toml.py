"""The `[munki]` table as text: a layout the way that an admin would write it into a policy file."""

import json
import re
from collections.abc import Mapping, Sequence

from provisioning.munki.layout.forms import FolderForm, Form, MatchForm, NamesForm, PrefixForm
from provisioning.munki.layout.layout import DEFAULT, Layout
from provisioning.munki.manifests.documents import DEFAULT_CATALOGS

WIDEST = 100  # characters of a line, before a list goes on in the next ones
_BARE = re.compile("[A-Za-z0-9_-]+")


def written(
    root: str,
    layout: Layout,
    catalogs: Sequence[str] = DEFAULT_CATALOGS,
    reasons: Mapping[str, str] | None = None,
) -> str:
    """Return the table, without keys that have their default; `reasons` become comments."""
    lines = _lines(root, layout, catalogs)
    width = max((len(line) for line in lines.values() if _is_short(line)), default=0)
    reasons = reasons or {}
    commented = (_commented(line, reasons.get(key, ""), width) for key, line in lines.items())
    return "\n".join(["[munki]", *commented])


def _lines(root: str, layout: Layout, catalogs: Sequence[str]) -> dict[str, str]:
    """The lines of the keys that differ from their defaults."""
    lines = {
        "root": f"root = {_text(root)}",
        "always": f"always = {_list(layout.always)}",
        "macs": f"macs = {_text(layout.macs)}",
        "sites": _line_of("sites", layout.sites, includes_site=layout.includes_site),
        "builds": _line_of("builds", layout.builds),
        "order": f"order = {_list(layout.order)}",
        "catalogs": f"catalogs = {_list(catalogs)}",
    }
    usual = {
        "root": not root,
        "always": layout.always == DEFAULT.always,
        "macs": layout.macs == DEFAULT.macs,
        "sites": layout.sites == DEFAULT.sites and layout.includes_site,
        "builds": layout.builds == DEFAULT.builds,
        "order": layout.order == DEFAULT.order,
        "catalogs": tuple(catalogs) == DEFAULT_CATALOGS,
    }
    return {key: line for key, line in lines.items() if not usual[key]}


def _line_of(kind: str, form: Form | None, *, includes_site: bool = True) -> str:
    """The line of a form; of many names with paths one line each: a table in braces has one."""
    line = f"{kind} = {written_form(form, includes_site=includes_site)}"
    if isinstance(form, NamesForm) and _is_table(form) and len(line) > WIDEST:
        lines = [f"{kind}.names.{_name(name)} = {_text(path)}" for name, path in form.names]
        return "\n".join(lines if includes_site else [*lines, f"{kind}.include = false"])
    return line


def _commented(line: str, reason: str, width: int) -> str:
    if not reason:
        return line
    return f"{line:{width}}  # {reason}" if _is_short(line) else f"# {reason}\n{line}"


def _is_short(line: str) -> bool:
    """True for one line in which a comment has room."""
    return len(line) <= WIDEST and "\n" not in line


def written_form(form: Form | None, *, includes_site: bool = True) -> str:
    """Return a form, or that there is none, as the value of `sites` or `builds`."""
    if form is None:
        return "false"
    include = "" if includes_site else ", include = false"
    return f"{{{_key_of(form)}{include}}}"


def _key_of(form: Form) -> str:
    match form:
        case FolderForm(folder):
            return f"folder = {_text(folder)}"
        case PrefixForm(prefix):
            return f"prefix = {_text(prefix)}"
        case MatchForm(pattern):
            return f"match = {_text(pattern)}"
        case NamesForm(names) if not _is_table(form):
            return f"names = {_list([path for _, path in names])}"
        case NamesForm(names):
            pairs = ", ".join(f"{_name(name)} = {_text(path)}" for name, path in names)
            return f"names = {{{pairs}}}"
    raise TypeError(f"{form!r} is written in no way that is known here")


def _is_table(form: NamesForm) -> bool:
    """True where names are not the paths themselves, which a list says."""
    return any(name != path for name, path in form.names)


def _list(texts: Sequence[str]) -> str:
    """Return a list, in one line where it is short; in TOML only a list may have several."""
    members = [_text(text) for text in texts]
    line = f"[{', '.join(members)}]"
    if len(line) <= WIDEST:
        return line
    return "[\n" + "".join(f"    {member},\n" for member in members) + "]"


def _name(text: str) -> str:
    """Return a text as a key, in quotation marks where TOML needs them."""
    return text if _BARE.fullmatch(text) else _text(text)


def _text(text: str) -> str:
    """Return a text in quotation marks, with the escapes of JSON, which are TOML's too."""
    return json.dumps(text, ensure_ascii=False)
