"""Menus to choose from: selects, radio buttons, checkboxes, pickers of dates and times
(docs.slack.dev, Block Kit, "Block elements").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.blocks.objects import (
    CONFIRM,
    IDENTIFIER,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    plain,
)
from tests.fakes.slack.blocks.schema import (
    Check,
    array,
    boolean,
    complain,
    in_turn,
    integer,
    like,
    one_of,
    shape,
    string,
)

Checks = dict[str, Check]


def _chosen(required: Checks, **optional: Check) -> Check:
    """An element that a person chooses with."""
    own: Checks = {"action_id": IDENTIFIER, "focus_on_load": boolean, "confirm": CONFIRM}
    return shape(required, {**own, **optional})


def _menu(**optional: Check) -> Check:
    """A select menu: the placeholder has at most 150 characters."""
    return _chosen({}, placeholder=plain(150), **optional)


def _static(**initial: Check) -> Check:
    """A menu of 1 to 100 options, or of 1 to 100 groups of them."""
    options, groups = array(OPTION, 100), array(OPTION_GROUP, 100)
    return in_turn(_menu(options=options, option_groups=groups, **initial), _offers)


def _offers(value: Any, at: str) -> Iterator[str]:
    """A static menu has options or groups of them, and starts with one that it offers."""
    if ("options" in value) == ("option_groups" in value):
        yield complain("must provide exactly one of `options` or `option_groups`", at)
        return
    groups = value.get("option_groups") or [value]
    yield from _starts(value, [each for group in groups for each in group["options"]], at)


def _starts_with_its_own(value: Any, at: str) -> Iterator[str]:
    """Radio buttons and checkboxes start with what they offer, too."""
    yield from _starts(value, value["options"], at)


def _starts(value: Any, offered: list[Any], at: str) -> Iterator[str]:
    started = [value["initial_option"]] if "initial_option" in value else []
    for each in started + value.get("initial_options", []):
        if each not in offered:
            yield complain("initial option must exactly match one of the options", at)


SELECTED = string(255)
SEVERAL: Checks = {"max_selected_items": integer(1, 100)}
QUERY: Checks = {"min_query_length": integer(0, 3000)}
REACHED: Checks = {"response_url_enabled": boolean}
KINDS = array(one_of("im", "mpim", "private", "public"), 4)
FILTERED: Checks = {
    "default_to_current_conversation": boolean,
    "filter": shape(
        {},
        {
            "include": KINDS,
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
}

SINGLE: Checks = {
    "static_select": _static(initial_option=OPTION),
    "external_select": _menu(initial_option=OPTION, **QUERY),
    "users_select": _menu(initial_user=SELECTED),
    "channels_select": _menu(initial_channel=SELECTED, **REACHED),
    "conversations_select": _menu(initial_conversation=SELECTED, **REACHED, **FILTERED),
    "radio_buttons": in_turn(
        _chosen({"options": array(RICH_OPTION, 10)}, initial_option=RICH_OPTION),
        _starts_with_its_own,
    ),
    "checkboxes": in_turn(
        _chosen({"options": array(RICH_OPTION, 10)}, initial_options=array(RICH_OPTION, 10)),
        _starts_with_its_own,
    ),
    "datepicker": _menu(initial_date=like(r"\d{4}-\d{2}-\d{2}")),
    "timepicker": _menu(initial_time=like(r"([01]\d|2[0-3]):[0-5]\d"), timezone=string(255)),
}
MULTIPLE: Checks = {
    "multi_static_select": _static(initial_options=array(OPTION, 100), **SEVERAL),
    "multi_external_select": _menu(initial_options=array(OPTION, 100), **QUERY, **SEVERAL),
    "multi_users_select": _menu(initial_users=array(SELECTED, 100), **SEVERAL),
    "multi_channels_select": _menu(initial_channels=array(SELECTED, 100), **SEVERAL),
    "multi_conversations_select": _menu(
        initial_conversations=array(SELECTED, 100), **SEVERAL, **FILTERED
    ),
}
MOMENT: Checks = {"datetimepicker": _chosen({}, initial_date_time=integer(10**9, 10**10 - 1))}
