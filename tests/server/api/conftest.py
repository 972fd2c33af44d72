"""Clients of the API that `manifestutil` speaks, and the server that they speak to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from flask import Flask

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import MANIFESTS
from tests.fakes.munki.manifestutil import ManifestUtil
from tests.support.running.serving import served

MAC = "C02XG0FDJGH5"
NEW = {"catalogs": ["production"], "included_manifests": ["site_default"], "managed_installs": []}


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """The server on a free port."""
    with served(app) as url:
        yield f"{url}/api"


@pytest.fixture
def key(database: Database) -> str:
    """A key for manifests."""
    with database.begin() as session:
        return credentials.make(session, None, MANIFESTS, datetime.now(UTC))


@pytest.fixture
def util(url: str, key: str, tmp_path: Path) -> ManifestUtil:
    """An unmodified `manifestutil`, as far as its wire goes."""
    return ManifestUtil(url, f"Bearer {key}", tmp_path)


class ManifestApi(requests.Session):
    """A client of the API that knows ETags; its addresses begin below the API's own."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__()
        self._url, self.auth = url, ("olivia", key)
        self.headers["Accept"] = "application/xml"

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Put the API's address before the path."""
        request.url = f"{self._url}/{request.url}"
        return super().prepare_request(request)


@pytest.fixture
def api(url: str, key: str) -> ManifestApi:
    """A client besides `manifestutil`."""
    return ManifestApi(url, key)
