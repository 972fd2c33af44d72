"""The `[munki]` table as text: a layout the way that an admin would write it into a policy file."""

import json
from collections.abc import Mapping, Sequence

from provisioning.munki.layout.forms import FolderForm, Form, MatchForm, NamesForm, PrefixForm
from provisioning.munki.layout.layout import DEFAULT, Layout

WIDEST = 100  # characters of a line, before a list goes on in the next ones


def written(root: str, layout: Layout, reasons: Mapping[str, str] | None = None) -> str:
    """Return the table, without keys that say what is so anyway; `reasons` become comments."""
    values = _values(root, layout)
    lines = [f"{key} = {value}" for key, value in values.items()]
    width = min(WIDEST, max((len(line) for line in lines if "\n" not in line), default=0))
    reasons = reasons or {}
    return "\n".join(
        [
            "[munki]",
            *(
                _commented(line, reasons.get(key, ""), width)
                for key, line in zip(values, lines, strict=True)
            ),
        ]
    )


def _values(root: str, layout: Layout) -> dict[str, str]:
    """The keys that differ from what is so without a table, and their values as TOML."""
    values = {
        "root": _text(root),
        "always": _list(layout.always),
        "macs": _text(layout.macs),
        "sites": written_form(layout.sites, includes_site=layout.includes_site),
        "builds": written_form(layout.builds),
        "order": _list(layout.order),
    }
    usual = {
        "root": not root,
        "always": layout.always == DEFAULT.always,
        "macs": layout.macs == DEFAULT.macs,
        "sites": layout.sites == DEFAULT.sites and layout.includes_site,
        "builds": layout.builds == DEFAULT.builds,
        "order": layout.order == DEFAULT.order,
    }
    return {key: value for key, value in values.items() if not usual[key]}


def _commented(line: str, reason: str, width: int) -> str:
    if not reason:
        return line
    return f"{line:{width}}  # {reason}" if "\n" not in line else f"# {reason}\n{line}"


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
        case NamesForm(names) if all(name == path for name, path in names):
            return f"names = {_list([path for _, path in names])}"
        case NamesForm(names):
            pairs = ", ".join(f"{_text(name)} = {_text(path)}" for name, path in names)
            return f"names = {{{pairs}}}"
    raise TypeError(f"{form!r} is written in no way that is known here")


def _list(texts: Sequence[str]) -> str:
    """Return a list, in one line where it is short; in TOML only a list may have several."""
    members = [_text(text) for text in texts]
    line = f"[{', '.join(members)}]"
    if len(line) <= WIDEST:
        return line
    return "[\n" + "".join(f"    {member},\n" for member in members) + "]"


def _text(text: str) -> str:
    """Return a text in quotation marks: what JSON escapes, TOML does in the same way."""
    return json.dumps(text, ensure_ascii=False)
