"""Work of libraries that tests would have them do a thousand times, each time with one result."""

import importlib.metadata
import inspect
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import CodeType, SimpleNamespace
from typing import Any, ClassVar

import slack_bolt.util.utils
from flask import Flask
from sqlalchemy.orm import configure_mappers
from werkzeug.routing import Rule

from provisioning.values.language import ENGLISH, LANGUAGES
from provisioning.values.language.catalogs import catalog

# Modules that nearly each process of tests loads with its first application, and what they load.
LATE = (
    *("alembic.command", "bot.app", "rollcall.parts.machines", "rollcall.parts.sign_in"),
    *("server.board.blueprint", "server.auth.providers.slack", "slack_bolt.adapter.flask"),
)
BUILDERS = ("_build", "_build_unknown")
MADE = ("_parts", "_trace", "_converters", "arguments", *BUILDERS)  # of a route's text


class SharedRule(Rule):
    """A route that shares all that is made of its text with all routes of the same text.

    Werkzeug takes the text apart, and compiles functions that make an URL of it, which takes most
    of the time of making an application.
    """

    _made: ClassVar[dict[tuple[object, ...], dict[str, Any]]] = {}

    def compile(self) -> None:
        """Take what was made of the text for another route, or make it."""
        converters = tuple(self.map.converters.items())
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, converters)
        if self.defaults:
            super().compile()
        elif made := self._made.get(key):
            vars(self).update(made)
            for name in BUILDERS:
                setattr(self, name, made[name].__func__.__get__(self, None))
        else:
            super().compile()
            self._made[key] = {name: vars(self)[name] for name in MADE}


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


def load_late() -> None:
    """Load and make what processes of tests would each load and make: before they are forked."""
    do_once()
    for module in LATE:
        import_module(module)
    configure_mappers()
    for code in LANGUAGES:
        if code != ENGLISH:
            catalog(code)
    pages = import_module("server.board.pages").templates()
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)


@cache
def do_once() -> None:
    """Have it done once in this process, from now on.

    Every application shares its routes and the arguments of its listeners. Every web server says of
    which version it is, which Python looks up in the files of the package.
    """
    Flask.url_rule_class = SharedRule
    importlib.metadata.version = cache(importlib.metadata.version)
    slack_bolt.util.utils.inspect = SimpleNamespace(  # type: ignore[attr-defined, assignment]
        unwrap=lambda function: (
            inspect.unwrap(function) if hasattr(function, "__wrapped__") else function
        ),
        getfullargspec=Arguments().of,
    )
