"""The form, and what it says when it is done."""

from typing import Any

from bot.slack import modals
from bot.slack.markup import plain
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.tables import for_each


@for_each(("number", "kind"), [(1, "alert"), (200, "alert"), (201, "section")])
def test_a_window_that_tells_an_error_fits_whatever_it_says(number: int, kind: str) -> None:
    view = modals.failed("x" * number, "Move").to_dict()

    assert problems_of_view(view) == []
    [block] = view["blocks"]
    assert (block["type"], block["text"]["text"]) == (kind, "x" * number)


def element_of(block: dict[str, Any]) -> dict[str, Any]:
    """The part of a block that a person uses."""
    element: dict[str, Any] = block.get("element") or block["accessory"]
    return element


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
    assert [element_of(block)["action_id"] for block in blocks] == [
        "serials",
        "files",
        "site",
        "build",
        "computer_name",
        "note",
    ]


def test_the_form_offers_sites_and_builds_as_they_are_typed() -> None:
    kinds = [element_of(block)["type"] for block in modals.form().to_dict()["blocks"]]
    assert kinds[2:4] == ["external_select", "external_select"]


def test_a_site_and_a_build_are_not_called_optional_because_rows_without_one_need_them() -> None:
    blocks = {block["block_id"]: block for block in modals.form().to_dict()["blocks"]}

    optional = [name for name, block in blocks.items() if block.get("optional")]
    assert optional == ["serials", "files", "computer_name", "note"]
    assert blocks["site"]["text"]["text"] == "*Site*\nUsed for rows that name no site."
    assert blocks["build"]["text"]["text"] == "*Build*\nUsed for rows that name no build."


def test_the_form_says_that_one_of_serials_and_files_is_needed() -> None:
    serials, files = modals.form().to_dict()["blocks"][:2]

    assert serials["label"]["text"] == "Serial numbers, unless you add files"
    assert files["hint"]["text"] == "Needed if nothing is pasted above."


def test_an_outcome_has_nothing_left_to_submit() -> None:
    view = modals.outcome(plain("Registered 1 Mac."), "Register Macs").to_dict()

    assert problems_of_view(view) == []
    assert "submit" not in view
    assert "callback_id" not in view
