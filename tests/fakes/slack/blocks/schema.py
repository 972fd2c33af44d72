"""A few words to write Block Kit's rules with, and Slack's own words for what breaks them.

A check takes a value and the JSON pointer to it, and yields one sentence for each thing that is
wrong. The sentences are those that Slack puts into `response_metadata.messages`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def complain(what: str, at: str) -> str:
    """One problem, as Slack words it."""
    return f"{what} [json-pointer:{at}]"


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complain("must provide a string", at)
        elif len(value) > most:
            yield complain(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield complain(f"must be more than {least - 1} characters", at)

    return check


def like(pattern: str, most: int = 255) -> Check:
    """A string that is as a regular expression says, of `most` characters."""
    expression = re.compile(pattern)

    def check(value: Any, at: str) -> Iterator[str]:
        problems = list(string(most)(value, at))
        yield from problems
        if not problems and not expression.fullmatch(value):
            yield complain(f"must match the pattern {pattern}", at)

    return check


def boolean(value: Any, at: str) -> Iterator[str]:
    """true or false."""
    if not isinstance(value, bool):
        yield complain("must provide a boolean", at)


def integer(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield complain("must provide an integer", at)
        elif not least <= value <= most:
            yield complain(f"must be between {least} and {most}", at)

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield complain("must be a valid enum value", at)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items, each of which passes `item`."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complain("must provide an array", at)
            return
        if len(value) > most:
            yield complain(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield complain(f"no less than {least} items allowed", at)
        for position, each in enumerate(value):
            yield from item(each, f"{at}/{position}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys, `type`, and no other: Slack refuses what it does not know."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complain("must provide an object", at)
            return
        for key in required.keys() - value.keys():
            yield complain(f"missing required field: {key}", at)
        for key in value.keys() - known.keys() - {"type"}:
            yield complain(f"invalid additional property: {key}", at)
        for key in known.keys() & value.keys():
            yield from known[key](value[key], f"{at}/{key}")

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of these checks it has to pass."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complain("must provide an object", at)
        elif "type" not in value:
            yield complain("missing required field: type", at)
        elif (kind := str(value["type"])) not in kinds:
            yield complain(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from kinds[kind](value, at)

    return check


def in_turn(*checks: Check) -> Check:
    """Every one of these checks; a later one may rely on what an earlier one found."""

    def check(value: Any, at: str) -> Iterator[str]:
        for each in checks:
            problems = list(each(value, at))
            yield from problems
            if problems:
                return

    return check
