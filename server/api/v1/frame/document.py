"""The document of the API, in the form of OpenAPI 3.1, made from its routes."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from werkzeug.http import HTTP_STATUS_CODES

from provisioning.access.programs.calls import KeyUsed, StillRunning
from provisioning.access.programs.tokens import MakerGone, OtherAct
from server.api.v1.frame.errors import (
    KINDS,
    Changed,
    Invalid,
    NoCondition,
    NoKey,
    NoSuchThing,
    kind_of,
    name_of,
)
from server.api.v1.frame.problems import CONTENT_TYPE, PREFIX, Problem
from server.api.v1.frame.routes import FILE, LARGEST_NUMBER, LONGEST_TEXT, Route, document_name

TITLE = "Rollcall"
ABOUT = (
    "What people do with Macs in Slack and on the board, for other programs. Each act needs an "
    "`Idempotency-Key`: sent again within 24 hours, the same call gets the same answer and is done "
    "once. A route that is to go says so for six months in the headers `Deprecation` and `Sunset`; "
    "new fields may be added to answers at any time."
)
_REF = "#/components/schemas/{model}"
_LIMITS = ("RateLimit", "RateLimit-Policy")
_AGAIN = "Seconds after which the same call, with the same `Idempotency-Key`, may be sent again."
_FOR_LATER = (409, 429, 503)  # where Retry-After may come; of 409 only that of a call that runs
_TAG = {"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]+")$'}
_COMMON = {
    401: "There is no good token in the call.",
    403: "The token is not for that act.",
    429: "Too many calls: wait for the seconds that Retry-After names.",
    503: "The database or the Munki repo cannot be used at this time.",
}


class _Schemas(GenerateJsonSchema):
    """A generator of schemas under the names that the document has for them."""

    def normalize_name(self, name: str) -> str:
        return document_name(super().normalize_name(name))


def made(
    routes: Sequence[Route], version: str, event_models: Mapping[str, type[BaseModel]] | None = None
) -> dict[str, Any]:
    """Return the document of these routes; `version` is that of Rollcall.

    `event_models` are the types of messages to webhooks, each with the model of what it tells.
    """
    event_models = event_models or {}
    used = {each for route in routes for each in _models(route)}.union(event_models.values())
    models = sorted(used, key=lambda m: m.__name__)
    references, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template=_REF, schema_generator=_Schemas
    )
    schemas = {model: references[model, "serialization"] for model in models}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": version or "0", "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "webhooks": {name: _message(name, schemas[model]) for name, model in event_models.items()},
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "headers": {
                **{name: {"schema": {"type": "string"}} for name in (*_LIMITS, "ETag")},
                "Retry-After": {"description": _AGAIN, "schema": {"type": "integer"}},
            },
        },
    }


def answers(route: Route) -> dict[int, str]:
    """Return the statuses that a route answers with, each with the words for it."""
    # By a library's words: those of Python change with its version.
    found = {int(route.status): HTTP_STATUS_CODES[route.status], **_COMMON}
    if route.act is None:
        del found[403]
    by_status: dict[int, list[str]] = {}
    for error in _errors(route):
        kind = KINDS.get(error) or kind_of(error())  # type: ignore[arg-type] # one of ours
        if kind is not None:
            by_status.setdefault(kind.status, []).append(name_of(error))
    for status, names in by_status.items():
        problems = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
        found[status] = f"{found.get(status, HTTP_STATUS_CODES[status])} ({problems})"
    if route.is_act:
        found[413] = "The body is too large."
    else:
        found[304] = "It is as If-None-Match says."
    if route.body is not None:
        found[415] = "The body is no JSON."
    elif route.takes_file:
        found[415] = f"The body is no {FILE}."
    return dict(sorted(found.items()))


def _errors(route: Route) -> Iterator[type[Exception]]:
    yield MakerGone
    if route.act is not None:
        yield OtherAct
    if route.query is not None or route.body is not None:
        yield Invalid
    elif not route.is_act:
        yield Invalid  # a query that it does not have
    if route.has_number:
        yield NoSuchThing
    if route.is_act:
        yield from (NoKey, Invalid, KeyUsed, StillRunning)
    if route.conditional:
        yield from (NoCondition, Changed)
    yield from route.refuses


def _models(route: Route) -> Iterator[type[BaseModel]]:
    yield Problem
    for each in (route.body, route.content):
        if each is not None:
            yield each


def _operation(route: Route, schemas: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    summary, _, rest = (route.view.__doc__ or "").strip().partition("\n")
    needs = f"Needs a token for the act `{route.act}`." if route.act else "Any token may."
    described = " ".join([*rest.split(), needs])
    operation: dict[str, Any] = {
        "operationId": route.view.__name__,  # the name of a function in a program's client
        "summary": summary,
        "description": described,
        "tags": [route.tag],
        "parameters": list(_parameters(route)),
        "responses": {
            str(status): _response(route, status, words, schemas)
            for status, words in answers(route).items()
        },
    }
    if route.body is not None:
        schema = {"application/json": {"schema": schemas[route.body]}}
        operation["requestBody"] = {"required": True, "content": schema}
    elif route.takes_file:
        # The standard needs no schema there; what makes clients of the document does.
        schema = {FILE: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": schema}
    return operation


def _message(name: str, schema: Any) -> dict[str, Any]:
    """A message that Rollcall posts to webhooks, with the signature of Standard Webhooks."""
    properties = {
        "type": {"const": name},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": schema,
    }
    body = {"type": "object", "required": [*properties], "properties": properties}
    text = {"type": "string"}
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "post": {
            "operationId": f"message_{name.replace('.', '_')}",
            "summary": f"The message that tells of `{name}`.",
            "security": [],
            "parameters": [
                {"name": each, "in": "header", "required": True, "schema": text} for each in headers
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {
                "2XX": {"description": "It was taken."},
                "410": {"description": "The receiver wants no more: the webhook ends."},
            },
        }
    }


def _response(
    route: Route, status: int, words: str, schemas: Mapping[type[BaseModel], Any]
) -> dict[str, Any]:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS}
    found: dict[str, Any] = {"description": words}
    is_read = not route.is_act and status in (route.status, HTTPStatus.NOT_MODIFIED)
    if is_read:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if status in _FOR_LATER:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    if status != HTTPStatus.UNAUTHORIZED:
        found["headers"] = headers
    if status == HTTPStatus.NOT_MODIFIED:
        return found
    if status == route.status:
        if route.content is not None:
            found["content"] = {"application/json": {"schema": schemas[route.content]}}
    else:
        found["content"] = {CONTENT_TYPE: {"schema": schemas[Problem]}}
    return found


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    if route.has_number:
        number = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
        yield _parameter("number", "path", "The id of the thing.", number)
    if route.is_act:
        text = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "^[!-~]+$"}
        words = "Another text for each act; the same one where a call is sent again."
        yield _parameter("Idempotency-Key", "header", words, text)
    if route.conditional:
        words = "The `ETag` under which the thing was seen, or `*`."
        yield _parameter("If-Match", "header", words, _TAG)
    if not route.is_act:
        words = "The `ETag` of an answer that is there already: 304 if it is the same."
        yield _parameter("If-None-Match", "header", words, _TAG, required=False)
    if route.query is not None:
        of_query = route.query.model_json_schema(ref_template=_REF)
        for name, described in of_query["properties"].items():
            words, required = described.pop("description"), name in of_query.get("required", ())
            yield _parameter(name, "query", words, described, required=required)


def _parameter(
    name: str, place: str, words: str, schema: dict[str, Any], *, required: bool = True
) -> dict[str, Any]:
    return {"name": name, "in": place, "description": words, "required": required, "schema": schema}
