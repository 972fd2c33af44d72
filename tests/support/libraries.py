"""Work of libraries that tests would have them do a thousand times, each time with one result."""

import importlib.metadata
from collections.abc import Callable
from functools import cache
from typing import ClassVar, TypeAlias

from flask import Flask
from werkzeug.routing import Rule

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


def do_once() -> None:
    """Have it done once in this process, from now on.

    Every application shares its routes. Every web server says of which version it is, which
    Python looks up in the files of the package.
    """
    Flask.url_rule_class = SharedRule
    importlib.metadata.version = cache(importlib.metadata.version)
