"""Server processes whose clock the tests move."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.access.models import KnownClient
from provisioning.access.usage_log import UsageLog
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY
from tests.server.auth.throttling.callers import Door
from tests.support.clocks import Seconds


@pytest.fixture
def seconds() -> Seconds:
    """The clock of all processes."""
    return Seconds(1_000.25)


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server that takes reports, behind no proxy."""
    keys = SecretStr(REPORT_KEY)
    return server_settings.model_copy(update={"report_keys": keys})


@pytest.fixture
def usage_logs() -> list[UsageLog]:
    """The usage logs of all processes."""
    return []


@pytest.fixture
def start(
    server_settings: ServerSettings,
    database: Database,
    seconds: Seconds,
    usage_logs: list[UsageLog],
) -> Callable[..., Door]:
    """Start one more process, with settings that are `changed`."""

    def begin(**changed: object) -> Door:
        as_changed = server_settings.model_copy(update=changed)
        application = Application(as_changed, database=database, clock=seconds)
        usage_logs.append(application.machines.usage_log)
        return Door(application.web_app())

    return begin


@pytest.fixture
def door(start: Callable[..., Door]) -> Door:
    """The door of the only process."""
    return start()


@pytest.fixture
def kept(database: Database, usage_logs: list[UsageLog]) -> Callable[[], int]:
    """A function that has all processes write and returns the number of clients in the database."""

    def counted() -> int:
        for usage_log in usage_logs:
            usage_log.write()
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(KnownClient)) or 0

    return counted
