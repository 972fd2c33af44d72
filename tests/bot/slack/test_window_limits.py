"""Slack's limits of what no block shows: what windows carry with them."""

from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack import modals
from bot.slack.home_state import HomeState
from bot.slack.markup import plain
from provisioning.monitoring.dashboard import MacFilter
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.inputs.examples import ANY_NAME, mac
from tests.support.tables import for_each

LONGEST = 3000  # characters of private_metadata


def behind(name: str) -> str:
    """The Home that shows one site and one build of this name, on a page far back."""
    return HomeState(MacFilter(site=name[:75], build=name[:75], state="waiting"), 10**9).to_json()


@ANY_NAME
@for_each("verb", ["move", "cancel", "reimage", "remind"])
def test_a_window_carries_the_home_behind_it(name: str, verb: str) -> None:
    quoted = name.replace("&", '"').replace("x", "\\")
    subject = WindowSelection(verb, serial="0" * 64, shown=10_000, home=behind(quoted))

    window = danger_blocks if verb in danger_blocks.VERBS else window_blocks
    view = window.asking(subject, [mac()], 1).to_dict()

    assert problems_of_view(view) == []
    assert len(view["private_metadata"]) <= LONGEST
    assert WindowSelection.from_json(view["private_metadata"]) == subject


@ANY_NAME
def test_the_form_and_what_came_of_it_carry_it_too(name: str) -> None:
    home = behind(name)
    outcome = modals.outcome(plain("Registered 1 Mac."), "Register Macs", home=home)
    for view in (modals.form(home=home), outcome):
        assert problems_of_view(view.to_dict()) == []
        assert len(view.to_dict()["private_metadata"]) <= LONGEST
