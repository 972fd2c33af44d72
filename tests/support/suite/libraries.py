"""Work of libraries that tests would have them do a thousand times, each time with one result."""

import importlib.metadata
import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from types import CodeType, SimpleNamespace
from typing import Any, ClassVar

import slack_bolt.util.utils
from flask import Flask
from sqlalchemy.orm import configure_mappers
from werkzeug.routing import Map, MapAdapter, Rule

from provisioning.values.language import ENGLISH, LANGUAGES
from provisioning.values.language.catalogs import catalog

# Modules that nearly each process of tests loads with its first application, and what they load.
LATE = (
    "alembic.command", "bot.app", "rollcall.parts.machines", "rollcall.parts.sign_in",
    "server.board.blueprint", "server.auth.providers.slack", "slack_bolt.adapter.flask",
)  # fmt: skip


class Text:
    """A route as Flask gives it: a path, and the options of the Rule that may be made of it."""

    def __init__(self, path: str, *, methods: Iterable[str], **options: Any) -> None:
        self.path, self.methods, self.options = path, frozenset(methods), options
        self.provide_automatic_options: bool | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """All of it."""
        options = {**self.options, "defaults": tuple((self.options.get("defaults") or {}).items())}
        return self.path, self.methods, self.provide_automatic_options, *options.items()

    def rule(self) -> Rule:
        """A route of it."""
        rule = Rule(self.path, methods=self.methods, **self.options)
        vars(rule)["provide_automatic_options"] = self.provide_automatic_options  # Flask's own
        return rule


class SharedMap(Map):
    """The routes of an application, which are one object for all applications with the same ones.

    Werkzeug takes each path apart, compiles functions that make an URL of it, and keeps it in a
    tree. That takes most of the time of making an application, and of collecting it as garbage.
    """

    _made: ClassVar[dict[tuple[object, ...], Map]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._texts: list[Any] = []
        self._whole: Map | None = None

    def add(self, text: Any) -> None:
        """Add a route."""
        self._texts.append(text)
        self._whole = None

    def whole(self) -> Map:
        """The routes, as werkzeug has them."""
        if self._whole is None:
            key = (self.merge_slashes, self.host_matching, *(text.key for text in self._texts))
            if key not in self._made:
                rules = [text.rule() for text in self._texts]
                slashes, hosts = self.merge_slashes, self.host_matching
                self._made[key] = Map(rules, merge_slashes=slashes, host_matching=hosts)
            self._whole = self._made[key]
        return self._whole

    def bind(self, *arguments: Any, **options: Any) -> MapAdapter:
        """Bind all of them to a host."""
        return self.whole().bind(*arguments, **options)

    def bind_to_environ(self, *arguments: Any, **options: Any) -> MapAdapter:
        """Bind all of them to a request."""
        return self.whole().bind_to_environ(*arguments, **options)

    def iter_rules(self, endpoint: str | None = None) -> Iterator[Rule]:
        """All of them, or those of an endpoint."""
        return self.whole().iter_rules(endpoint)


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
    Flask.url_rule_class, Flask.url_map_class = Text, SharedMap  # type: ignore[assignment]
    importlib.metadata.version = cache(importlib.metadata.version)
    slack_bolt.util.utils.inspect = SimpleNamespace(  # type: ignore[attr-defined, assignment]
        unwrap=lambda function: (
            inspect.unwrap(function) if hasattr(function, "__wrapped__") else function
        ),
        getfullargspec=Arguments().of,
    )
