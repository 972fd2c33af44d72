"""Some hundred strange inputs; `make soak ARGS=fuzz` sends a hundred thousand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.soak.fuzz import listeners
from tests.soak.fuzz.house import House, furnished
from tests.soak.fuzz.inputs import furnish, play
from tests.soak.fuzz.strange import Dice
from tests.soak.fuzz.watching import Size, Watch

INPUTS, SEED = 300, 1
OF_SLACK = 0.25  # they cost three times as much as others
SETTLED = 120  # inputs: what they put off costs as much as a hundred


@pytest.fixture
def house(tmp_path: Path, database: Database) -> Iterator[House]:
    """Both doors, furnished."""
    with furnished(tmp_path, database) as house:
        yield house


@pytest.mark.postgresql(instead=True)
def test_no_input_leads_to_a_failure_a_traceback_a_secret_or_growth(
    house: House, database: Database
) -> None:
    watch = Watch()
    with watch.listening():
        furnish(house)
        before = Size.of(database)
        play(house, watch, SEED, INPUTS, settled_after=SETTLED, of_slack=OF_SLACK)
    watch.compare(before, Size.of(database), INPUTS)

    assert not watch.findings, "\n".join(watch.findings[:10])
    assert {200, 400, 401, 403, 404, 405} <= watch.statuses.keys()


def test_what_a_listener_is_sent_is_what_it_waits_for(house: House) -> None:
    kinds = {listener.kind for listener in house.listeners}

    assert {"action", "command", "event", "options", "shortcut", "view_submission"} <= kinds
    for listener in house.listeners:
        for seed in range(5):
            payload = listeners.payload(listener, Dice(seed), {})
            assert listener.takes(payload), (listener, payload)
