"""Answers to Macs and scripts: text by default, JSON where asked."""

from http import HTTPStatus

from flask import Response, jsonify, request


def text(body: str | bytes, status: int = HTTPStatus.OK) -> Response:
    """An answer in plain text."""
    return Response(body, status, content_type="text/plain; charset=utf-8")


def wants_json() -> bool:
    """Return whether the client prefers JSON to text; text is the default."""
    offered = ["text/plain", "application/json"]
    return request.accept_mimetypes.best_match(offered, "text/plain") == "application/json"


def answer_of(sentence: str, status: int) -> Response:
    """Return an answer of one sentence, such as an error, as text or JSON."""
    if not wants_json():
        return text(sentence + "\n", status)
    answer = jsonify(error=sentence)
    answer.status_code = status
    return answer
