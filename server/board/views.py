"""A base of the board's views: their routes, their common parts, and the visitor."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, g

from provisioning.maintenance.acts.actors import Principal
from server.auth.browsers import Browsers, Visitor
from server.board.pages import show
from server.dependencies import ServerDependencies

_RULE = "rule"  # the attribute of a view with its route

View = TypeVar("View", bound=Callable[..., Response])


def get(path: str, **options: Any) -> Callable[[View], View]:
    """Return a decorator of a view of BoardPages, which shows the page at a path below `/board`.

    `options` are those of Flask's rules.
    """

    def decorate(view: View) -> View:
        setattr(view, _RULE, (path, options))
        return view

    return decorate


def post(path: str) -> Callable[[View], View]:
    """Return a decorator of a view of BoardPages, which takes the form that is sent to a path."""
    return get(path, methods=["POST"])


@dataclass(frozen=True, slots=True)
class BoardParts:
    """The parts that all views of the board share."""

    dependencies: ServerDependencies
    browsers: Browsers


class BoardPages:
    """A base of views: their common parts, and the visitor."""

    def __init__(self, parts: BoardParts) -> None:
        self._browsers = parts.browsers
        self._dependencies = dependencies = parts.dependencies
        self._database, self._repo = dependencies.database, dependencies.repo
        self._policy, self._previewer = dependencies.policy, dependencies.previewer
        self._clock = dependencies.clock

    @property
    def _visitor(self) -> Visitor:
        """The person in whose session this is; pages without one do not ask."""
        visitor: Visitor = g.visitor
        return visitor

    @property
    def _principal(self) -> Principal:
        """The visitor as acts take them."""
        return self._visitor.principal(self._clock(), self._database)

    def _show(self, template: str, *, status: int = HTTPStatus.OK, **values: object) -> Response:
        """Return a page for the visitor."""
        return show(template, g.visitor, status=status, **values)  # None: a page for all

    def add_to(self, routes: Blueprint) -> None:
        """Add the routes of the views, in their order."""
        for name, view in vars(type(self)).items():
            if rule := getattr(view, _RULE, None):
                path, options = rule
                routes.add_url_rule(path, view_func=getattr(self, name), **options)
