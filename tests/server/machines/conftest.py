"""A server on a port, and its callers."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.running.serving import served


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """The Macs' door on a free port."""
    with served(app) as url:
        yield url


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of the Macs' door, without credentials."""
    return app.test_client()
