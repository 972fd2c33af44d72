"""A Mac in Imagr, and a server that listens to it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register as registrations
from provisioning.values.serials import parse_all
from rollcall.settings import ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY, Reporter
from tests.server.machines.reports.heard import OTHER_KEY
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.running import settings


@pytest.fixture
def server_settings(repo_folder: Path) -> ServerSettings:
    """A server that takes reports under two keys."""
    keys = SecretStr(f"{OTHER_KEY}, {REPORT_KEY}")
    return settings.server_settings(repo_folder).model_copy(update={"report_keys": keys})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def registered(database: Database) -> Callable[..., None]:
    """Alice registers Macs, in one card."""

    def register(*serials: str) -> None:
        with database.begin() as session:
            registrations.register(
                session,
                parse_all(serials),
                Destination("london", "design"),
                operation=did(session, "registered", by="U0ALICE"),
                channel=CHANNEL,
            )

    return register


@pytest.fixture
def mac(client: FlaskClient, registered: Callable[..., None]) -> Reporter:
    """A registered Mac in Imagr."""
    registered("C02AAA")
    return Reporter(client, "C02AAA")
