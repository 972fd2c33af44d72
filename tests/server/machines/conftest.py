"""A server on a port, whose policy a test writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.running.serving import served


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """A policy that says nothing so far."""
    (tmp_path / "rollcall.toml").touch()
    return tmp_path / "rollcall.toml"


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """The Macs' door on a free port."""
    with served(app) as url:
        yield url


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of the Macs' door, without credentials."""
    return app.test_client()
