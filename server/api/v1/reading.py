"""The page that shows the document of the API to people, without a script."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response

from server.answers import environment
from server.api.v1.frame.errors import KINDS, name_of

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def page(html: str) -> Response:
    """Return the page, with the headers that keep it safe."""
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers.update(HEADERS)
    return response


def drawn(document: Mapping[str, Any]) -> str:
    """Return the text of the page of a document."""
    return (
        environment()
        .get_template("api/document.html")
        .render(
            document=document,
            operations=[*_operations(document)],
            models=document["components"]["schemas"],
            problems=[(name_of(kind), each.status, each.fix) for kind, each in KINDS.items()],
            type_of=type_of,
        )
    )


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the words for a type of JSON Schema; a model is its name."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema or "const" in schema:
        return ", ".join(f'"{each}"' for each in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(type_of(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
