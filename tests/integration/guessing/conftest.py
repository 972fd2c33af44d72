"""Server processes whose clock the tests move."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import KnownClient
from rollcall.settings import ServerSettings
from tests.integration.conftest import NOON
from tests.integration.guessing.callers import Door, Seconds
from tests.support import settings
from tests.support.doors import machines_door
from tests.support.imagr import REPORT_KEY


@pytest.fixture
def seconds() -> Seconds:
    """The clock of all processes."""
    return Seconds()


@pytest.fixture
def server_settings(repo_folder: Path) -> ServerSettings:
    """A server that takes reports, behind no proxy."""
    keys = SecretStr(REPORT_KEY)
    return settings.server_settings(repo_folder).model_copy(update={"report_keys": keys})


@pytest.fixture
def start(
    server_settings: ServerSettings, database: Database, seconds: Seconds
) -> Callable[..., Door]:
    """Start one more process, with settings that are `changed`."""

    def begin(**changed: object) -> Door:
        as_changed = server_settings.model_copy(update=changed)
        return Door(machines_door(as_changed, database, clock=seconds))

    return begin


@pytest.fixture
def door(start: Callable[..., Door]) -> Door:
    """The door of the only process."""
    return start()


@pytest.fixture
def made(database: Database) -> Callable[[str, str | None], str]:
    """Make a key."""

    def make(opens: str, of: str | None) -> str:
        with database.begin() as session:
            return credentials.make(session, of, opens, NOON)

    return make


@pytest.fixture
def kept(database: Database) -> Callable[[], int]:
    """How many clients the database knows."""

    def counted() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(KnownClient)) or 0

    return counted
