"""The doctor's answers, as Slack shows them."""

from bot.diagnostics import doctor
from tests.support.inputs.examples import faults_in_a_channel
from tests.support.tables import for_each


@for_each("number", [0, 1, 2, 400])
def test_slack_takes_any_number_of_findings(number: int) -> None:
    message = doctor.answer(["x" * 300] * number)

    assert faults_in_a_channel(message) == []
    assert ("Nothing to fix" in message.text) == (number == 0)
