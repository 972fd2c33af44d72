"""Routes of Flask for tests, which make one and the same application a thousand times."""

from collections.abc import Callable
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


def share() -> None:
    """Have every application of this process share them, from now on."""
    Flask.url_rule_class = SharedRule
