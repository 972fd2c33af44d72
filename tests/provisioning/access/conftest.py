"""Keys that admins make."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import SCRIPTS
from tests.support.fixtures.doors import NOON

MakeKey = Callable[..., str]


@pytest.fixture
def make_key(database: Database) -> MakeKey:
    """Make a key, of London's scripts unless told otherwise."""

    def make(site: str | None = "london", opens: str = SCRIPTS) -> str:
        with database.begin() as session:
            return credentials.make(session, site, opens, NOON)

    return make


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of the Macs' door, without credentials."""
    return app.test_client()
