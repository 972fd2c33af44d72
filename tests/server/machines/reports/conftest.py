"""A Mac in Imagr, and a server that listens to it."""

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from infrastructure.database.engine import Database
from rollcall.settings import ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY, Reporter
from tests.server.machines.reports.heard import OTHER_KEY
from tests.support.acting import register


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server that takes reports under two keys."""
    keys = SecretStr(f"{OTHER_KEY}, {REPORT_KEY}")
    return server_settings.model_copy(update={"report_keys": keys})


@pytest.fixture
def mac(client: FlaskClient, database: Database) -> Reporter:
    """A registered Mac in Imagr."""
    register(database, "C02AAA")
    return Reporter(client, "C02AAA")
