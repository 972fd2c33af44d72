"""The forms of answers: text for Macs and scripts, JSON where asked, templates of HTML pages."""

import re
from http import HTTPStatus
from pathlib import Path

from flask import Response, jsonify, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parents[1] / "templates" / "pages"
STATIC = TEMPLATES / "static"


def text(body: str | bytes, status: int = HTTPStatus.OK) -> Response:
    """An answer in plain text."""
    return Response(body, status, content_type="text/plain; charset=utf-8")


def wants_json() -> bool:
    """Return True if the client prefers JSON to text; text is the default."""
    offered = ["text/plain", "application/json"]
    return request.accept_mimetypes.best_match(offered, "text/plain") == "application/json"


def answer_of(sentence: str, status: int) -> Response:
    """Return an answer of one sentence, such as an error, as text or JSON."""
    if not wants_json():
        return text(sentence + "\n", status)
    answer = jsonify(error=sentence)
    answer.status_code = status
    return answer


def environment() -> Environment:
    """Return an environment of all templates; every value in a page is escaped."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["code"] = with_code
    return found


def with_code(sentence: str) -> Markup:
    """Return a sentence with what stands in backticks, as in Slack, as code in HTML."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))  # noqa: S704
