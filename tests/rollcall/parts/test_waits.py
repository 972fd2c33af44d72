"""The patience of each process: a server spares threads, a command has all the time."""

from pathlib import Path

import pytest

from infrastructure.execution.patience import Patience, WaitedTooLong
from rollcall.parts.waits import BACKGROUND_TIMEOUT, REQUEST_TIMEOUT, Waits
from rollcall.settings import RelaySettings
from tests.support.running import settings


def places(patience: Patience | None) -> int:
    """The number of threads that may wait for long."""
    assert patience is not None
    for number in range(100):
        try:
            patience.begin().take_place()
        except WaitedTooLong:
            return number
    return 100


def test_half_of_a_servers_threads_may_wait_for_the_database_and_the_repo_together(
    tmp_path: Path,
) -> None:
    of_server = settings.server_settings(tmp_path)
    waits = Waits([of_server], is_command=False)
    database, repo = waits.patience(), waits.patience()

    assert places(database) == of_server.threads // 2
    assert places(repo) == 0
    assert places(Waits([of_server.model_copy(update={"threads": 1})], is_command=False).patience())


@pytest.mark.parametrize(
    ("is_command", "seconds"), [(False, BACKGROUND_TIMEOUT), (True, None)], ids=["relay", "command"]
)
def test_where_nobody_waits_there_is_more_of_it(*, is_command: bool, seconds: float | None) -> None:
    of_relay = RelaySettings.model_construct()
    patience = Waits([of_relay], is_command=is_command).patience()

    assert (patience and patience.seconds) == seconds
    assert REQUEST_TIMEOUT < BACKGROUND_TIMEOUT
