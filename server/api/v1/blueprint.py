"""The API's blueprint: its routes, and the steps before and after each of them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request, send_from_directory
from pydantic_core import to_json
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import HTTPException, TooManyRequests

from provisioning.access.programs.calls import OneTransaction
from provisioning.monitoring.webhooks.events import TOLD
from server.answers import STATIC
from server.api.v1 import events, macs, places, reading, statistics
from server.api.v1.administration import credentials, tokens, webhooks
from server.api.v1.firstboot import benches, unknown
from server.api.v1.frame import acts, document, problems
from server.api.v1.frame.callers import Programs
from server.api.v1.frame.quota import Quota
from server.api.v1.frame.routes import OF_ANSWER, Answer, Call, Route
from server.api.v1.imports import rows as import_rows
from server.api.v1.imports import views as imports
from server.api.v1.registrations import batches, bulk, operations
from server.api.v1.registrations import views as registrations
from server.dependencies import ServerDependencies

DIGEST = 12  # bytes
_CONVERTER = "<int(min=1,max=2147483647):number>"
# All routes of the API, in the order of its document.
ROUTES: Sequence[Route] = (
    *(*tokens.ROUTES, *registrations.ROUTES, *operations.ROUTES, *bulk.ROUTES, *batches.ROUTES),
    *(*imports.ROUTES, *import_rows.ROUTES, *macs.ROUTES, *places.ROUTES, *unknown.ROUTES),
    *(*benches.ROUTES, *events.ROUTES, *statistics.ROUTES, *credentials.ROUTES, *webhooks.ROUTES),
)


def blueprint(dependencies: ServerDependencies, version: str) -> Blueprint:
    """Return all routes below `/api/v1`."""
    return of(dependencies, ROUTES, version)


def of(dependencies: ServerDependencies, routes: Sequence[Route], version: str) -> Blueprint:
    """Return these routes below `/api/v1`, with their document."""
    programs = Programs(
        dependencies.database,
        dependencies.policy,
        dependencies.find_api_credential,
        dependencies.api_guard,
        dependencies.clock,
    )
    api = Blueprint("api", __name__, url_prefix=problems.PREFIX)
    door = _CallSteps(dependencies, programs, Quota(dependencies.most_calls))
    for route in routes:
        api.add_url_rule(
            route.path.replace("{number}", _CONVERTER),
            endpoint=route.name.replace(".", "_"),
            view_func=_documented(partial(door.answer, route), route.view),
            methods=[route.method],
            provide_automatic_options=False,
        )
    _add_document(api, partial(document.made, routes, version, TOLD))
    api.after_request(door.finish)
    api.register_error_handler(Exception, problems.answer_to)
    # By the class of all, so that the handlers of other blueprints go before it.
    api.app_errorhandler(HTTPException)(problems.anywhere)
    return api


def _documented(call: Callable[..., Response], view: Callable[..., Any]) -> Callable[..., Response]:
    """The function of a route with the docstring of its view, which the reference shows."""

    def answer(**numbers: int) -> Response:
        return call(**numbers)

    answer.__doc__ = view.__doc__
    return answer


def _add_document(api: Blueprint, make: Callable[[], dict[str, Any]]) -> None:
    """Add the routes of the document: for programs, for people, and its style.

    It is made at the first request: few programs ask, and it would be the slowest step of a start.
    """
    text = cache(lambda: json.dumps(make(), indent=1))
    html = cache(lambda: reading.drawn(make()))

    @api.get("/openapi.json")
    def openapi() -> Response:
        """The document of the API for programs, in the form of OpenAPI 3.1; for everybody."""
        return Response(text(), content_type="application/json")

    @api.get("/")
    def read() -> Response:
        """The document of the API as a page; for everybody."""
        return reading.page(html())

    @api.get("/static/board.css")
    def style() -> Response:
        """The style of that page, which is the board's."""
        return send_from_directory(STATIC, "board.css", max_age=60, conditional=True)


class _CallSteps:
    """The steps of each call: authentication, quota, reading, the view, the answer."""

    def __init__(self, dependencies: ServerDependencies, programs: Programs, quota: Quota) -> None:
        self._dependencies, self._programs, self._quota = dependencies, programs, quota

    def finish(self, response: Response) -> Response:
        """Add the headers of every answer."""
        response.headers.update(g.get("allowance", {}))
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    def answer(self, route: Route, **numbers: int) -> Response:
        """Answer a call of a route; `numbers` are those in its path."""
        caller = self._programs.admit(request)
        g.token = caller.token
        bind_contextvars(by=caller.actor.by, token=caller.token.id)
        allowance = self._quota.count(caller.token.id)
        g.allowance = allowance.headers
        if allowance.left < 0:
            words = "This token was used too often within a minute."
            raise TooManyRequests(words, retry_after=allowance.seconds)
        caller.check(route.act)
        seen, now = route.condition(request), self._programs.clock()
        given = route.read(request)
        parts = self._dependencies
        if not route.is_act:
            call = Call(caller, parts.database, now, parts)
            return _unless_known(_response(route.view(call, **numbers, **given)))

        def do(transaction: OneTransaction) -> Response:
            call = Call(caller, transaction, now, parts, seen)
            response = _response(route.view(call, **numbers, **given))
            self._programs.check_still(caller)  # or all is rolled back: it may have taken seconds
            return response

        return acts.once(parts.database, request, caller.token.id, now, do)


def _response(answer: Answer[Any]) -> Response:
    body = b"" if answer.content is None else to_json(answer.content)
    response = Response(body, answer.status, content_type="application/json")
    if answer.etag is not None:
        response.set_etag(answer.etag)
    if answer.location is not None:
        response.headers["Location"] = f"{problems.PREFIX}{answer.location}"
    return response


def _unless_known(response: Response) -> Response:
    """An answer with its entity tag, without its content where the program has that already."""
    version, _ = response.get_etag()
    digest = hashlib.blake2b(response.get_data(), digest_size=DIGEST).hexdigest()
    tag = f"{version}{OF_ANSWER}{digest}" if version else digest
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"  # to be kept, and asked about
    known = request.if_none_match
    if known.star_tag or known.contains_weak(tag):
        response.status_code = HTTPStatus.NOT_MODIFIED
        response.set_data(b"")
    return response
