"""Selections that Slack keeps in windows, buttons and Homes, byte for byte."""

from bot.registrations.search import Question
from bot.registrations.windows.blocks import WindowSelection
from bot.slack.home_state import HomeState
from provisioning.monitoring.dashboard import MacFilter
from tests.support.tables import for_each

SELECTIONS = {
    '{"verb": "move", "serial": "C02XYZ123DEF", "card": null, "shown": 1, '
    '"home": null}': WindowSelection("move", serial="C02XYZ123DEF", shown=1),
    '{"verb": "details", "serial": null, "card": 7, "shown": null, '
    '"home": "{\\"site\\": \\"z\\u00fcrich\\"}"}': WindowSelection(
        "details", card=7, home='{"site": "zürich"}'
    ),
}
QUESTIONS = {
    '{"text": "zürich", "site": null, "first": 20}': Question(text="zürich", first=20),
    '{"text": null, "site": "new york", "first": 0}': Question(site="new york"),
}
HOMES = {
    '{"site": "zürich", "build": null, "state": "failed", "page": 3}': HomeState(
        MacFilter(site="zürich", state="failed"), 3
    ),
    '{"site": null, "build": null, "state": null, "page": 0}': HomeState(),
}


@for_each("text", SELECTIONS)
def test_a_windows_selection_is_written_and_read_byte_for_byte(text: str) -> None:
    assert SELECTIONS[text].to_json() == text
    assert WindowSelection.from_json(text) == SELECTIONS[text]


@for_each("text", QUESTIONS)
def test_a_searchs_question_is_written_and_read_byte_for_byte(text: str) -> None:
    assert QUESTIONS[text].to_json() == text
    assert Question.from_json(text) == QUESTIONS[text]


@for_each("text", HOMES)
def test_a_homes_state_is_written_and_read_byte_for_byte(text: str) -> None:
    assert HOMES[text].to_json() == text
    assert HomeState.from_json(text) == HOMES[text]
