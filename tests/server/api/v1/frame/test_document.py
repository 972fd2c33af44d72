"""The document of the API: each route, for programs and for people."""

import json
import re
from typing import Any

from flask import Flask

from tests.server.api.v1.conftest import PREFIX
from tests.server.api.v1.frame.documented import routes

DOCUMENTS = {"GET /openapi.json", "GET /", "GET /static/board.css"}


def test_the_document_is_openapi_3_1_and_has_each_route(
    app: Flask, document: dict[str, Any]
) -> None:
    served = {
        f"{method} {rule.rule.removeprefix(PREFIX)}".replace(
            "<int(min=1,max=2147483647):number>", "{number}"
        )
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{PREFIX}/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert document["openapi"] == "3.1.0"
    assert {name for name, _ in routes(document)} == served - DOCUMENTS
    names = [operation["operationId"] for _, operation in routes(document)]
    assert len(set(names)) == len(names)
    assert [path for path, operation in routes(document) if not operation["summary"]] == []


def test_a_client_can_be_made_from_the_document(document: dict[str, Any]) -> None:
    for name, operation in routes(document):
        assert (name, operation["operationId"].isidentifier()) == (name, True)
        sent = operation.get("requestBody", {}).get("content", {})
        assert (name, [kind for kind in sent if not sent[kind].get("schema")]) == (name, [])
        bare = [each["name"] for each in operation["parameters"] if not each.get("description")]
        assert (name, bare) == (name, [])
    for name, told in document["webhooks"].items():
        operation = told["post"]
        assert (name, operation["operationId"].isidentifier()) == (name, True)
        assert (name, bool(operation["summary"])) == (name, True)
    text = json.dumps(document)
    models = document["components"]["schemas"]
    assert [model for model in models if f'schemas/{model}"' not in text] == []
    created = models["Registration"]["properties"]["created_at"]
    assert (created["type"], created["format"]) == ("string", "date-time")


def test_the_document_is_a_page_for_people_with_each_route_model_and_problem(
    app: Flask, document: dict[str, Any]
) -> None:
    client = app.test_client()
    page = client.get(f"{PREFIX}/")

    for name, operation in routes(document):
        assert f'id="{operation["operationId"]}"><code>{name}</code>' in page.text
    for model in document["components"]["schemas"]:
        assert f'id="model-{model}"' in page.text
    assert 'id="not-registered"' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert client.get(f"{PREFIX}/static/board.css").status_code == 200


def test_the_page_of_the_document_shows_as_code_what_is_typed(app: Flask) -> None:
    page = app.test_client().get("/api/v1/").text

    assert "Each act needs an <code>Idempotency-Key</code>" in page
    assert "`" not in page


def test_the_document_lets_a_program_send_a_tag_that_a_proxy_made_weak(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    move = document["paths"]["/registrations/{number}/move"]["post"]
    [tag] = [each["schema"] for each in move["parameters"] if each["name"] == "If-Match"]

    for sent in ("*", '"1-1/0a"', 'W/"1-1/0a"'):
        assert re.search(tag["pattern"], sent), sent
