"""Messages about drifts, whatever the manifests say."""

import pytest

from bot.monitoring import drift_blocks
from provisioning.monitoring.drift.comparison import Difference
from provisioning.monitoring.drift.examination import Change, Found
from provisioning.monitoring.drift.models import AGREES, PUT_BACK, TAKEN_OVER, Drift
from tests.bot.delivery.test_news import powerless
from tests.support.examples import ANY_NAME, NOON, faults_in_a_channel, mac, written
from tests.support.tables import for_each


def drift(found: Found, **keys: object) -> Drift:
    return Drift(id=1, registration_id=1, there=found.to_json(), found_at=NOON, **keys)


def everything(name: str) -> Found:
    many = tuple(f"{name}{number}" for number in range(20))
    difference = Difference(missing=many, other=many, catalogs=many)
    return Found(difference, f"the repo does not offer {name}", Change(name, name, NOON))


@ANY_NAME
@pytest.mark.parametrize("number", [1, 10, 5000])
def test_slack_takes_any_number_of_drifts_with_any_names(name: str, number: int) -> None:
    one = drift(everything(name)), mac(site=name, build=name)
    message = drift_blocks.card([one] * min(number, drift_blocks.MOST_NAMED), number, number)

    assert faults_in_a_channel(message) == []
    assert powerless(written(message))


@ANY_NAME
def test_slack_takes_the_buttons_with_any_names(name: str) -> None:
    found = Found(Difference(missing=("site_default",), place=(name[:75], name[:75])))
    message = drift_blocks.one(drift(found), mac(site=name, build=name))

    assert faults_in_a_channel(message) == []
    assert message.blocks[-1].to_dict()["elements"][-1]["text"]["text"] == "Take over"


@for_each("outcome", [PUT_BACK, TAKEN_OVER, AGREES])
def test_a_settled_one_has_no_buttons(outcome: str) -> None:
    settled = drift(Found(Difference(gone=True)), settled_at=NOON, outcome=outcome)
    message = drift_blocks.card([(settled, mac())], 1, 0)

    assert [block.type for block in message.blocks] == ["section"]
    assert "was gone" in written(message)


def test_of_a_change_by_a_person_in_slack_the_name_is_shown() -> None:
    found = Found(Difference(gone=True), None, Change("U0ALICE", "button", NOON))

    assert "Changed by <@U0ALICE> (button)" in written(drift_blocks.one(drift(found), mac()))
