"""A git remote, opened by one server."""

from pathlib import Path

import pytest

from provisioning.munki import ChangeNote
from provisioning.munki.locations import store as opened_store
from provisioning.munki.storage import Store
from tests.fakes.git.remote import Remote
from tests.support.fixtures.repo import MAC

NAME = f"manifests/{MAC}"
WHY = ChangeNote("C02XG0FDJGH5 goes to london/design", "Alice Example")


@pytest.fixture
def store(remote: Remote, copy: Path) -> Store:
    """The remote, opened by one server."""
    return opened_store(remote.url, copy)
