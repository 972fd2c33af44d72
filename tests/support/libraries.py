"""Work of libraries that tests would have them do a thousand times, each time with one result."""

import importlib.metadata
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, ClassVar, TypeAlias

import jinja2
import slack_bolt.util.utils
from flask import Flask
from werkzeug.routing import Rule

PAGES = f"{Path(__file__).parents[2]}/templates/pages/"
Builder: TypeAlias = Callable[..., tuple[str, str]]


class SharedRule(Rule):
    """A route that shares what makes its URL with all routes of the same text.

    Werkzeug compiles a function for that, which takes most of the time of making an application.
    """

    _builders: ClassVar[dict[tuple[object, ...], Builder]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (*self._trace, append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


class Arguments:
    """The arguments of functions, found out once for all functions of the same code.

    Bolt asks for those of each listener, which takes half of the time of making an application.
    """

    def __init__(self) -> None:
        self._known: dict[CodeType, inspect.FullArgSpec] = {}

    def of(self, function: Callable[..., Any]) -> inspect.FullArgSpec:
        """Return them as `inspect.getfullargspec` does."""
        code = getattr(function, "__code__", None)
        if code is None:
            return inspect.getfullargspec(function)
        if code not in self._known:
            self._known[code] = inspect.getfullargspec(function)
        known = self._known[code]
        # Bolt takes `self` out of the list. `_replace` would take a tenth of an application's time.
        return inspect.FullArgSpec([*known.args], *known[1:])


def compiled_once(compile_one: Callable[..., CodeType]) -> Callable[..., CodeType]:
    """`Environment.compile` for which the board's pages are compiled once, for all applications."""
    known: dict[tuple[object, ...], CodeType] = {}

    def compiled(
        environment: jinja2.Environment,
        source: object,
        name: str | None = None,
        filename: str | None = None,
        **more: bool,
    ) -> CodeType:
        if not filename or not filename.startswith(PAGES):
            return compile_one(environment, source, name, filename, **more)
        key = (source, name, filename, *more.items())
        if key not in known:
            known[key] = compile_one(environment, source, name, filename, **more)
        return known[key]

    return compiled


def do_once() -> None:
    """Have it done once in this process, from now on.

    Every application shares its routes, its pages, and the arguments of its listeners. Every web
    server says of which version it is, which Python looks up in the files of the package.
    """
    jinja2.Environment.compile = compiled_once(jinja2.Environment.compile)  # type: ignore[method-assign, assignment]
    Flask.url_rule_class = SharedRule
    importlib.metadata.version = cache(importlib.metadata.version)
    slack_bolt.util.utils.inspect = SimpleNamespace(  # type: ignore[attr-defined, assignment]
        unwrap=inspect.unwrap, getfullargspec=Arguments().of
    )
