"""Callers of previews."""

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.fixtures.doors import Script


def ask(app: Flask, serial: str = "C02AAA", **fields: str) -> TestResponse:
    """Ask for the preview of a Mac, as a person does."""
    client = app.test_client()
    fields = {"serial": serial, **fields}
    return client.get("/preview", query_string=fields, headers=Script(client).basic)


def facts(app: Flask, serial: str = "C02AAA", **fields: str) -> dict[str, object]:
    """The same as a tool gets it."""
    client = app.test_client()
    sent = {**Script(client).basic, "Accept": "application/json"}
    answer = client.get("/preview", query_string={"serial": serial, **fields}, headers=sent)
    assert answer.json is not None
    return dict(answer.json)
