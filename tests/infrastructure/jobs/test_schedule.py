"""The last runs of periodic tasks, which all job runners share."""

from datetime import timedelta

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs import schedule
from tests.support.inputs.examples import NOON


@pytest.mark.postgresql(instead=True)
def test_each_task_has_a_last_run_of_its_own(database: Database) -> None:
    later = NOON + timedelta(hours=1)
    with database.begin() as session:
        for task in ("digest", "pruning"):
            assert schedule.lock_last_run(session, task, NOON) == NOON
        schedule.note(session, "pruning", later)

    with database.begin() as session:
        runs = [schedule.lock_last_run(session, task, later) for task in ("digest", "pruning")]
        assert runs == [NOON, later]
        assert schedule.lock_last_run(session, "a new one", later) == later
