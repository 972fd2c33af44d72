"""App manifests, refused where they break what Slack has written down about them.

`manifest_limits.csv` has one line for each key that Slack knows and one of our apps may want: what
it holds, whether it has to be there, how long it may be, what it looks like, and who says so. In
it, `[]` stands for each thing of a list, and `*` for any key, which has to match the pattern.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.slack.apps.manifest_rules import broken_rules

# Read on 2026-11-26. The schema is that of manifests without `_metadata`, which are of version 1.
SOURCES = {
    "schema": "https://github.com/slackapi/manifest-schema/blob/main/schemas/manifest.schema.1.0.0.json",
    "reference": "https://docs.slack.dev/reference/app-manifest",
}
KINDS = {"object": dict, "list": list, "string": str, "boolean": bool, "integer": int}
ENDLESS = 10**6


class ManifestRefused(Exception):
    """A manifest that Slack would not take; the text has one line for each fault."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Slack's limits for one key: least and most are characters, or items of a list or object."""

    path: str
    kind: str
    is_required: bool
    least: int
    most: int
    pattern: str
    source: str


def _limits() -> Iterator[Limit]:
    with (Path(__file__).parent / "manifest_limits.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            least, most = int(row["least"] or 0), int(row["most"] or ENDLESS)
            required = row["required"] == "yes"
            yield Limit(
                row["path"], row["kind"], required, least, most, row["pattern"], row["source"]
            )


LIMITS = {limit.path: limit for limit in _limits()}


def read(text: str) -> dict[str, Any]:
    """Return what a manifest in YAML says. Raises ManifestRefused."""
    try:
        manifest = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ManifestRefused(str(error)) from error
    if found := [*faults(manifest)]:
        raise ManifestRefused("\n".join(found))
    return dict(manifest)


def faults(manifest: Any) -> Iterator[str]:
    """Say what is wrong with a manifest, one sentence each: first its keys, then how they fit."""
    found = [*_faults(manifest, LIMITS[""], "")]
    yield from found
    if not found:  # what is of another kind than it has to be cannot be looked into
        yield from broken_rules(manifest)


def _faults(value: Any, limit: Limit, place: str) -> Iterator[str]:
    if type(value) is not KINDS[limit.kind]:
        yield f"{place or 'the manifest'} is no {limit.kind} ({limit.source})"
        return
    if isinstance(value, str | list | dict):
        yield from _sizes(len(value), limit, place)
    if isinstance(value, str) and limit.pattern and not re.fullmatch(limit.pattern, value):
        yield f"{place} is {value!r}: Slack takes {limit.pattern} ({limit.source})"
    if isinstance(value, list):
        if len({*map(repr, value)}) < len(value):
            yield f"{place} names something twice ({limit.source})"
        for number, each in enumerate(value):
            yield from _faults(each, LIMITS[f"{limit.path}[]"], f"{place}[{number}]")
    if isinstance(value, dict):
        yield from _faults_of_keys(value, limit, place)


def _sizes(size: int, limit: Limit, place: str) -> Iterator[str]:
    if size < limit.least:
        yield f"{place} has the size {size}: Slack takes {limit.least} at least ({limit.source})"
    if size > limit.most:
        yield f"{place} has the size {size}: Slack takes {limit.most} at most ({limit.source})"


def _faults_of_keys(value: dict[Any, Any], limit: Limit, place: str) -> Iterator[str]:
    known = {below.path: below for below in LIMITS.values() if _parent(below.path) == limit.path}
    for below in known.values():
        name = below.path.rpartition(".")[2]
        if below.is_required and name not in value:
            yield f"{place or 'the manifest'} lacks {name} ({below.source})"
    for key, each in value.items():
        inner = f"{place}.{key}".lstrip(".")
        own = known.get(f"{limit.path}.{key}".lstrip("."))
        free = known.get(f"{limit.path}.*")
        if own is None and (free is None or not re.fullmatch(free.pattern or ".+", str(key))):
            yield f"{inner} is no key that Slack knows, or that it takes here"
        elif found := own or free:
            yield from _faults(each, found, inner)


def _parent(path: str) -> str | None:
    """The path of the object that a key belongs to; None for lists' things, which have no key."""
    return None if not path or path.endswith("[]") else path.rpartition(".")[0]
