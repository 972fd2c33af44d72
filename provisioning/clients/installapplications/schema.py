"""A schema of InstallApplications' document: an admin's own stages, and their mistakes.

The format is that of the client's own source: stages of items, each a file that it downloads,
checks by its SHA-256 and installs or runs, in the order of the stages and of the items in them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from infrastructure.findings import Finding
from provisioning.clients.templates.findings import finding

STAGES = ("preflight", "setupassistant", "userland")
# The files are go-installapplications'; other clients pass over an item of a type they lack.
TYPES = ("package", "rootscript", "userscript", "rootfile", "userfile")
OURS = "rollcall"  # the key of a document that changes Rollcall's own item
CHANGED = ("stage", "file", "name", "skip_if", "donotwait", "retries", "retrywait", "fail_policy")
# Of the clients in Swift and in Go; the former takes any other word for the second one.
FAIL_POLICIES = ("failable", "failable_execution", "failure_is_not_an_option")
# Some releases of the client pass over an item without a word where it lacks one of these.
PATIENT = {"retries": 3, "retrywait": 5}

_HASH = re.compile(r"[0-9a-f]{64}")
_KINDS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("file", "name", "type", "url", "hash"), (str, "a text")),
    **dict.fromkeys(("packageid", "version", "skip_if"), (str, "a text")),
    **dict.fromkeys(("donotwait", "required"), (bool, "true or false")),
    **dict.fromkeys(("retries", "retrywait"), (int, "a number")),
}


def findings(text: str) -> Iterator[Finding]:
    """Yield the faults of a document that an admin wrote."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        yield finding(f"it is no JSON ({error.msg}).", line=error.lineno)
        return
    if not isinstance(document, dict):
        fix = 'Begin with {"setupassistant": [], "userland": []}.'
        yield finding("it is no object with stages.", fix, line=1)
        return
    for message in _wrong(document):
        yield finding(f"{message}.", "Fix the item.", line=_line(text, message))


def items(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the stages of a sound document, each item with all that every release wants."""
    return {
        stage: [{**PATIENT, **item} for item in document[stage]]
        for stage in STAGES
        if stage in document
    }


def hosts(stages: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Return the hosts that the items are downloaded from."""
    urls = [item["url"] for stage in stages.values() for item in stage if "url" in item]
    return {host(url) for url in urls}


def host(url: str) -> str:
    """Return the name of a URL's host in small letters; the whole URL where it has none."""
    try:
        return (urlsplit(url).hostname or url).rstrip(".")
    except ValueError:  # a bracket alone
        return url


def _wrong(document: dict[str, Any]) -> Iterator[str]:
    for stage in STAGES[1:]:
        if stage not in document:
            yield f"the stage {stage!r} is missing, which may be empty"
    for stage, content in document.items():
        if stage == OURS:
            yield from _wrong_change(content)
        elif stage not in STAGES:
            yield f"{stage!r} is no stage; there are {', '.join(STAGES)}"
        elif not isinstance(content, list):
            yield f"the stage {stage!r} is no list"
        else:
            yield from (
                f"item {number} of {stage}{_called(item)} {predicate}"
                for number, item in enumerate(content, 1)
                for predicate in _wrong_item(item, stage)
            )


def _wrong_item(item: object, stage: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield "is no object"
        return
    needed = ["file", "name", "type"]
    if item.get("type") == "package":
        needed += ["packageid", "version", "url"]
    if "url" in item or "url" in needed:
        needed.append("hash")
    yield from (f"lacks {key!r}" for key in needed if key not in item)
    yield from _wrong_values(item)
    if item.get("type", TYPES[0]) not in TYPES:
        yield f"is of no type that there is ({', '.join(TYPES)})"
    if item.get("type") == "userscript" and stage != STAGES[2]:
        yield "is a userscript, which can run in userland alone"
    if item.get("type") == "userfile" and stage != STAGES[2]:
        yield "is a userfile, which can be placed in userland alone"
    if not str(item.get("file", "/")).startswith("/"):
        yield "has a 'file' that is no whole path"
    if not str(item.get("url", "http://")).startswith(("http://", "https://")):
        yield "has a 'url' that is not on the web"
    if "hash" in item and not _HASH.fullmatch(str(item["hash"])):
        yield "has a 'hash' that is no SHA-256 in small letters (shasum -a 256 FILE)"


def _wrong_change(content: object) -> Iterator[str]:
    if not isinstance(content, dict):
        yield f"{OURS!r} is no object"
        return
    for key in content:
        if key not in CHANGED:
            yield f"{OURS!r} has {key!r}, of which only {', '.join(CHANGED)} can be changed"
    if content.get("stage", STAGES[1]) not in STAGES[1:]:
        yield f"{OURS!r} can be in the stages {' and '.join(STAGES[1:])} alone"
    if content.get("fail_policy", FAIL_POLICIES[0]) not in FAIL_POLICIES:
        yield f"{OURS!r} has a 'fail_policy' that is none of {', '.join(FAIL_POLICIES)}"
    yield from (f"{OURS!r} {predicate}" for predicate in _wrong_values(content))


def _wrong_values(item: dict[str, Any]) -> Iterator[str]:
    for key, (kind, described) in _KINDS.items():
        if key in item and type(item[key]) is not kind:
            yield f"has a {key!r} that is not {described}"


def _called(item: object) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return f" ({name[:60]!r})" if isinstance(name, str) else ""


def _line(text: str, message: str) -> int | None:
    """The line that names the item, where it has a name that stands in one line alone."""
    name = re.search(r"\('(.+)'\)", message)
    if name is None:
        return None
    lines = [number for number, line in enumerate(text.split("\n"), 1) if name[1] in line]
    return lines[0] if len(lines) == 1 else None
