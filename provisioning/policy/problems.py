"""Problems of a policy file, in sentences with a line and a fix."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from infrastructure.text import nearest, normalize
from provisioning.policy import munki_table
from provisioning.policy.munki_table import TableFault
from provisioning.policy.policy import Policy
from provisioning.policy.schema import RESERVED, SAID, BuildTable, SignIn, SiteTable
from provisioning.policy.toml_lines import open_since

LONGEST_VALUE = 40  # characters of a value that are repeated
Where: TypeAlias = tuple[str | int, ...]
Problem: TypeAlias = tuple[Where, str]

_TABLES: dict[str, type[BaseModel]] = {"sites": SiteTable, "builds": BuildTable}
_MODELS: dict[str, type[BaseModel]] = {**_TABLES, "sign_in": SignIn}
KEY = "[key]"  # in pydantic's location of a fault: the key itself is wrong
_PROVIDER_FIX = (
    'call it by small letters, digits and hyphens, such as "okta"; none of these is such a name: '
    + ", ".join(RESERVED)
)
_POSITION = re.compile(r"(.*) \(at (?:line ([0-9]+), column [0-9]+|end of document)\)", re.DOTALL)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# How tomllib's messages begin, and what people did.
_FIXES = {
    "Invalid value": 'write texts in quotation marks, as in title = "London"',
    "Cannot overwrite a value": "it is written twice; keep one of them",
    "Cannot declare": "the table is written twice; put the keys of both below one of them",
    "Invalid statement": 'write a table as [sites.london] and below it lines as title = "London"',
    "Expected '=' after a key": 'write key = "value", and names with spaces in quotation marks',
    "Expected newline or end of document": (
        "write texts and times in quotation marks, and one value in a line"
    ),
    "Illegal character '\\n'": "close the quotation mark in that line",
    "Unescaped '\\'": "write texts with a backslash in 'single' quotation marks",
}


def of_syntax(error: tomllib.TOMLDecodeError, text: str) -> tuple[int | None, str]:
    """Return the problem of a text that is not TOML, with its line."""
    match = _POSITION.fullmatch(str(error))
    if match is None or match[2] is None:
        return open_since(text), "this is not TOML; a quotation mark or a bracket is never closed"
    message, line = match[1], int(match[2])
    fixes = (fix for begin, fix in _FIXES.items() if message.startswith(begin))
    fix = next(fixes, "see https://toml.io for how it is written")
    return line, f"this is not TOML ({message[:120]}); {fix}"


def of_values(error: ValidationError) -> list[Problem]:
    """Return the problems of values and keys, each with its line."""
    return [(problem["loc"], _sentence(problem)) for problem in error.errors(include_url=False)]


def of_repetitions(raw: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of tables and keys that spell one site or build in two ways."""
    problems: list[Problem] = []
    for where, names in _named(raw):
        first_spellings: dict[str, str] = {}
        for name in names:
            first = first_spellings.setdefault(normalize(name), name)
            if first != name:
                problems.append(((*where, name), _repeated(where, first, name)))
    return problems


def of_layout(raw: Mapping[str, Any], root: str | None = None) -> list[Problem]:
    """Return the problems of the table of the repo's layout; `root` is that of an open repo."""
    table, faults = munki_table.read(raw.get("munki", {}))
    found: list[Problem] = [
        (("munki", *fault.where), _layout_sentence(raw, fault)) for fault in faults
    ]
    if root is not None and table.root != root and not faults:
        begun = f"this process began with {_shown(root)}; restart Rollcall"
        found.append((("munki", "root"), f"munki.root is {_shown(table.root)}, and {begun}"))
    if table.layout.macs and raw.get("client_identifier") is False:
        fix = "take it out: with munki.macs, Munki finds no Mac's manifest without it"
        found.append((("client_identifier",), f"client_identifier is false; {fix}"))
    return found


def _layout_sentence(raw: Mapping[str, Any], fault: TableFault) -> str:
    where = ("munki", *fault.where)
    if fault.is_unknown_key:
        return f"{dotted(where)} is not a key of the policy; {fault.fix}"
    value: Any = raw
    for key in where:
        value = value[key]
    verb = "has" if isinstance(where[-1], int) else "is"
    return f"{dotted(where)} {verb} {_shown(value)}; {fault.fix}"


def _named(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Iterable[str]]]:
    """The tables of a policy whose keys are names of sites or builds: each path, and the names."""
    for kind in _TABLES:
        tables = raw.get(kind)
        if not isinstance(tables, dict):
            continue
        yield (kind,), tables
        for name, table in tables.items():
            names = table.get("names") if isinstance(table, dict) else None
            if isinstance(names, dict):
                yield (kind, name, "names"), names


def _repeated(where: tuple[str, ...], first: str, name: str) -> str:
    key, first_key = dotted((*where, name)), dotted((*where, first))
    fix = "put the keys of both below one of them" if len(where) == 1 else "keep one of them"
    return f"{key} means the same as {first_key}; {fix}"


def _sentence(problem: Any) -> str:
    where: Where = problem["loc"]
    if problem["type"] == "extra_forbidden":
        return _unknown(where)
    if where[-1] == KEY and problem["type"] == "value_error":
        return f"{dotted(where[:-1])} is no name of a provider; {_PROVIDER_FIX}"
    if problem["type"] == SAID and isinstance(problem["input"], dict):
        return f"{dotted(where)}: {problem['msg']}"
    fix = problem["msg"] if problem["type"] == SAID else f"write {_description(where)}"
    return f"{dotted(where)} is {_shown(problem['input'])}; {fix}"


def _unknown(where: Where) -> str:
    keys = sorted(_model(where).model_fields)
    near = nearest(str(where[-1]), keys)
    fix = f"did you mean {near}?" if near else f"this release has {', '.join(keys)}"
    return f"{dotted(where)} is not a key of the policy; {fix}"


def _model(where: Where) -> type[BaseModel]:
    """The kind of table that the key at `where` is in."""
    inside = len(where) > 2  # noqa: PLR2004 - sites, its name, the key
    return _MODELS.get(str(where[0]), Policy) if inside else Policy


def _description(where: Where) -> str | None:
    model = _model(where)
    return model.model_fields[str(where[0 if model is Policy else 2])].description


def dotted(where: Where) -> str:
    """Return a key as TOML writes it from the top, such as `sites."new york".title`."""
    keys = [key for key in where if isinstance(key, str) and key != KEY]
    return ".".join(key if _BARE_KEY.fullmatch(key) else json.dumps(key)[:80] for key in keys)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
