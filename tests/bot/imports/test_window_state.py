"""The state of the window of rows: what Slack sends back of it, and what somebody may send."""

import json
from typing import Any

import pytest

from bot.imports.editing.window_state import WindowState, site_beside
from bot.slack.payloads import StrangeValue
from provisioning.imports.edits.changes import Draft
from provisioning.imports.edits.listing import Values
from tests.support.tables import for_each

STATE = WindowState(
    7, 1, [(20, 3, "0a1b2c3d"), (21, 0, "ffffffff")], "https://hooks.slack.example/1"
)


def view(metadata: str, values: object = None) -> dict[str, Any]:
    return {"private_metadata": metadata, "state": {"values": values or {}}}


def test_what_a_window_keeps_comes_back_and_fits_a_page() -> None:
    assert WindowState.of(view(STATE.to_json())) == STATE
    full = WindowState(10**8, 10**6, [(10**6 + n, 10**5, "ffffffff") for n in range(20)], "h" * 300)
    assert len(full.to_json()) < 3000  # characters, by Slack's reference of views


@for_each(
    "metadata",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        "[" * 100_000,
        '{"import": 1, "page": 0, "rows": 5}',
        '{"import": 1, "page": 0, "rows": [[1, 2]]}',
        '{"import": 1, "page": 0, "rows": [["a", 2, "b"]]}',
        '{"import": null, "page": 0, "rows": []}',
        '{"import": [], "page": 0, "rows": []}',
        '{"import": 99999999999999999999, "page": 0, "rows": []}',
        '{"import": 1, "page": 1e999, "rows": []}',
    ],
)
def test_what_is_no_state_is_refused(metadata: str) -> None:
    with pytest.raises(StrangeValue):
        WindowState.of(view(metadata))


def test_only_the_rows_that_were_shown_are_drafts() -> None:
    values = {
        "serial-20-3": {"row_serial-20": {"value": " C02AAA "}},
        "row-20-3": {
            "row_site-20": {"selected_option": {"value": "london"}},
            "row_build-20": {"selected_option": None},
            "row_decision-20": {"selected_option": {"value": "undecided"}},
        },
        "row-99-0": {"row_decision-99": {"selected_option": {"value": "out"}}},
        "other": {"row_decision-x": {"value": "out"}, "site": {"value": "paris"}},
    }

    assert STATE.drafts(view("", values)) == [
        Draft(20, 3, "0a1b2c3d", Values("C02AAA", "london", "", ""))
    ]


def test_a_build_is_looked_for_at_the_site_of_its_own_row() -> None:
    sites = {
        f"row-{number}-0": {f"row_site-{number}": {"selected_option": {"value": name}}}
        for number, name in ((1, "london"), (2, "paris"))
    }
    body = {"view": view("", sites)}

    assert site_beside({**body, "action_id": "row_build-2"}) == "paris"
    assert site_beside({**body, "action_id": "row_build-3"}) is None
    assert site_beside({**body, "action_id": "build"}) is None
    assert site_beside(json.loads('{"action_id": "row_build-1", "view": {"state": []}}')) is None
