"""The form, and what it says when it is done."""

from bot.registrations import blocks as answers
from bot.slack import modals
from bot.slack.markup import plain
from provisioning.munki import Destination
from provisioning.registrations.register import Batch
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.examples import ACT, LONGEST, card, macs


def test_the_form_is_one_that_slack_opens() -> None:
    assert problems_of_view(modals.form().to_dict()) == []


def test_the_form_asks_for_serials_or_files_a_site_a_build_a_name_and_a_note() -> None:
    blocks = modals.form().to_dict()["blocks"]

    assert [block["block_id"] for block in blocks] == [
        "serials",
        "files",
        "site",
        "build",
        "computer_name",
        "note",
    ]
    assert [block["element"]["action_id"] for block in blocks] == [
        "serials",
        "files",
        "site",
        "build",
        "computer_name",
        "note",
    ]
    assert all(block["optional"] for block in blocks)


def test_the_form_offers_sites_and_builds_as_they_are_typed() -> None:
    kinds = [block["element"]["type"] for block in modals.form().to_dict()["blocks"]]
    assert kinds[2:4] == ["external_select", "external_select"]


def test_an_outcome_has_nothing_left_to_submit() -> None:
    view = modals.outcome(plain("Registered 1 Mac.")).to_dict()

    assert problems_of_view(view) == []
    assert "submit" not in view
    assert "callback_id" not in view


def test_the_largest_outcome_fits_into_the_window() -> None:
    place = {"site": LONGEST, "build": LONGEST}
    batch = Batch(10_000, macs(50, **place) + macs(50, **place, state="confirmed"), card())
    for destination in (Destination("london", "design"), Destination(LONGEST, LONGEST)):
        view = modals.outcome(answers.registered(batch, destination, ACT))
        assert problems_of_view(view.to_dict()) == []
