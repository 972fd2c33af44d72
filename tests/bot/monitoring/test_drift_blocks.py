"""Messages about drifts, whatever the manifests say."""

from bot.monitoring import drift_blocks
from provisioning.monitoring.drift.comparison import ManifestDifference
from provisioning.monitoring.drift.examination import DriftFacts, LastChange
from provisioning.monitoring.drift.models import (
    Drift,
)
from tests.bot.delivery.test_news import powerless
from tests.support.inputs.examples import ANY_NAME, NOON, faults_in_a_channel, mac, written
from tests.support.tables import for_each


def drift(found: DriftFacts, **keys: object) -> Drift:
    return Drift(id=1, registration_id=1, there=found.to_json(), found_at=NOON, **keys)


def everything(name: str) -> DriftFacts:
    many = tuple(f"{name}{number}" for number in range(20))
    difference = ManifestDifference(missing=many, other=many, catalogs=many)
    return DriftFacts(difference, f"the repo does not offer {name}", LastChange(name, name, NOON))


@ANY_NAME
@for_each("number", [1, 10, 5000])
def test_slack_takes_any_number_of_drifts_with_any_names(name: str, number: int) -> None:
    one = drift(everything(name)), mac(site=name, build=name)
    message = drift_blocks.card([one] * min(number, drift_blocks.MAX_NAMED), number, number, number)

    assert faults_in_a_channel(message) == []
    assert powerless(written(message))


@ANY_NAME
def test_slack_takes_the_buttons_with_any_names(name: str) -> None:
    found = DriftFacts(ManifestDifference(missing=("site_default",), place=(name[:75], name[:75])))
    message = drift_blocks.one(drift(found), mac(site=name, build=name))

    assert faults_in_a_channel(message) == []
    assert message.blocks[-1].to_dict()["accessory"]["text"]["text"] == "Take over"
