"""Requests to Slack's route: signed by Slack and whole, or refused, whatever else they are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from tests.fakes.slack.people.person import Person
from tests.rollcall.parts.signed import (
    DROPPED,
    FORM,
    JSON,
    NO_PAYLOADS,
    OPENED,
    PRESSED,
    SUBMITTED,
    Post,
    faults,
    interaction,
)
from tests.support.soaking import SOAK
from tests.support.tables import for_each


@pytest.mark.parametrize("content_type", [FORM, JSON, ""])
def test_a_signed_request_that_is_no_payload_is_told_so_in_one_line(
    post: Post, content_type: str
) -> None:
    for body in NO_PAYLOADS:
        with capture_logs() as lines:
            answer = post(body, content_type)
        assert answer.status_code == 400, body[:20]
        assert [line["event"] for line in lines] == ["payload not understood", "request"]
        assert not faults(lines)


def test_half_a_character_is_told_so_in_one_line(post: Post) -> None:
    message = {"type": "message", "user": "U0ALICE", "text": "hi", "channel": "\ud800", "ts": "1.0"}
    with capture_logs() as lines:
        answer = post(json.dumps({**DROPPED, "event": message}).encode(), JSON)

    assert answer.status_code == 400
    assert "half a character" in answer.text
    assert not faults(lines)


def test_slack_may_look_at_the_certificate(post: Post) -> None:
    assert post(b"ssl_check=1&token=x").status_code == 200


def _without(payload: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """The payload without each of its fields in turn, and with something else in its place."""
    made: list[tuple[dict[str, Any], str]] = []
    for name, value in payload.items():
        made.append(({key: payload[key] for key in payload if key != name}, f"no {name}"))
        others: tuple[Any, ...] = (7, [[]], True)
        made.extend(({**payload, name: other}, f"{name} is {other!r}") for other in others)
        if isinstance(value, dict):
            made.extend(
                ({**payload, name: inner}, f"{name}: {how}") for inner, how in _without(value)
            )
    return made


@for_each("payload", [PRESSED, SUBMITTED, OPENED, DROPPED], ids=lambda p: p["type"])
def test_a_payload_that_lacks_something_never_fails_at_it(
    post: Post, payload: dict[str, Any]
) -> None:
    for strange, how in _without(payload):
        is_event = payload["type"] == "event_callback"
        body = json.dumps(strange).encode() if is_event else interaction(strange)
        with capture_logs() as lines:
            answer = post(body, JSON if is_event else FORM)
        assert answer.status_code in (200, 400), how
        assert not faults(lines), how


OTHER_VALUES = ("", "x", "{}", "[]", "-1", "9" * 40, '{"drift": true}', '{"drift": "1"}')


@for_each("action_id", ["undo", "drift_back", "bench_end", "replace_keep", "move"])
def test_a_button_with_a_value_of_another_release_is_no_failure(
    post: Post, alice: Person, action_id: str
) -> None:
    for value in OTHER_VALUES:
        answer, lines = pressed(post, action_id, value)
        assert answer.status_code == 200, value
        assert "button of another time" in [line["event"] for line in lines], value
        assert not faults(lines), value


WINDOWS = ("act_on_macs", "danger_typed", "edit_dry_run", "register_of_another_release")
STATES = ("", "{}", '{"verb": "teleport", "card": 1, "serial": null, "shown": 1, "home": null}')


@for_each("callback", WINDOWS)
@for_each("state", STATES)
def test_a_window_of_another_release_is_said_to_be(
    post: Post, alice: Person, callback: str, state: str
) -> None:
    view = {**SUBMITTED["view"], "callback_id": callback, "private_metadata": state}  # type: ignore[dict-item]
    with capture_logs() as lines:
        answer = post(interaction({**SUBMITTED, "view": view}))

    assert "of another release of Rollcall" in answer.text
    assert "button of another time" in [line["event"] for line in lines]
    assert not faults(lines)


def test_the_log_names_the_window_and_the_button_that_this_release_does_not_know(
    post: Post, alice: Person
) -> None:
    view = {**SUBMITTED["view"], "callback_id": "of_another_release"}  # type: ignore[dict-item]
    with capture_logs() as lines:
        post(interaction({**SUBMITTED, "view": view}))
    _, others = pressed(post, "button_of_another_release", "1")

    lines.extend(dict(line) for line in others)
    reasons = [line["reason"] for line in lines if line["event"] == "button of another time"]
    assert [reason.rpartition(": ")[2] for reason in reasons] == [
        "of_another_release",
        "button_of_another_release",
    ]


def test_a_menu_of_another_release_is_no_failure(post: Post, alice: Person) -> None:
    chosen = {"selected_option": {"value": "teleport:C02AAA"}, "type": "overflow"}
    action = {"block_id": "b", "action_id": "mac", **chosen}
    with capture_logs() as lines:
        answer = post(interaction({**PRESSED, "actions": [action]}))

    assert answer.status_code == 200
    assert "button of another time" in [line["event"] for line in lines]
    assert not faults(lines)


def test_a_button_whose_row_was_deleted_meanwhile_is_no_failure(post: Post, alice: Person) -> None:
    answer, lines = pressed(post, "bench_end", "7")

    assert answer.status_code == 200
    assert "button of another time" in [line["event"] for line in lines]
    assert not faults(lines)


def test_menus_without_choices_that_slack_writes_as_a_list_are_none(
    post: Post, alice: Person
) -> None:
    answer, lines = pressed(post, "stranger_register", "7", state={"values": []})

    assert answer.status_code == 200
    assert not faults(lines)


def pressed(
    post: Post, action_id: str, value: str, **more: object
) -> tuple[TestResponse, Sequence[Mapping[str, Any]]]:
    """The answer to a button, and what is logged of it."""
    action = {"type": "button", "block_id": "b", "action_id": action_id, "value": value}
    with capture_logs() as lines:
        return post(interaction({**PRESSED, "actions": [action], **more})), lines


@pytest.mark.parametrize(
    "user", ["U0ALICE", {"id": "U0\0ALICE"}, {"id": ""}], ids=["a text", "with a NUL", "empty"]
)
def test_somebody_who_is_no_user_is_told_so(post: Post, user: object) -> None:
    with capture_logs() as lines:
        assert post(interaction({**PRESSED, "user": user})).status_code == 400
    assert not faults(lines)


def test_a_file_of_a_strange_size_is_not_read(post: Post, alice: Person) -> None:
    meant = {"channel_type": "im", "channel": "D0ALICE"}
    sizes: tuple[object, ...] = ("many", "9" * 400, [1], {})
    for size in sizes:
        files = [{"id": "F1", "name": "list.csv", "size": size}]
        strange = {**DROPPED, "event": {**DROPPED["event"], **meant, "files": files}}  # type: ignore[dict-item]
        with capture_logs() as lines:
            assert post(json.dumps(strange).encode(), JSON).status_code == 400, size
        assert not faults(lines), size


@for_each("payload", [OPENED, DROPPED], ids=["a tab", "a message"])
@for_each("name", ["user", "channel"])
def test_an_event_has_ids_and_no_objects(post: Post, payload: dict[str, Any], name: str) -> None:
    strange = {**payload, "event": {**payload["event"], name: {"id": "U0ALICE"}}}
    with capture_logs() as lines:
        assert post(json.dumps(strange).encode(), JSON).status_code == 400
    assert not faults(lines)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("U0ALICE"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*PRESSED, *SUBMITTED["view"], *DROPPED["event"], "id", "value", "event"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
visible = st.characters(codec="latin-1", min_codepoint=32)
kinds = st.sampled_from([PRESSED, SUBMITTED, OPENED, DROPPED, {}])
changed = st.builds(
    lambda payload, other: {**payload, **other},
    kinds,
    st.dictionaries(
        st.sampled_from([*PRESSED, *SUBMITTED, *DROPPED, "command", "trigger_id", "channel"]),
        values,
    ),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=150 if SOAK else 4,
)
@example(body=interaction({**PRESSED, "event": None}), content_type=FORM, headers={})
@given(
    body=st.binary(max_size=60)
    | values.map(json.dumps).map(str.encode)
    | changed.map(interaction)
    | changed.map(json.dumps).map(str.encode),
    content_type=st.sampled_from([FORM, JSON, "multipart/form-data; boundary=x", "x"]),
    headers=st.fixed_dictionaries(
        {}, optional={"timestamp": st.text(visible), "signature": st.text(visible)}
    ),
)
def test_whatever_comes_is_answered(
    post: Post, body: bytes, content_type: str, headers: dict[str, str]
) -> None:
    with capture_logs() as lines:
        answer = post(body, content_type, **headers)

    assert answer.status_code in ((401, 429) if headers else (200, 400))
    assert not faults(lines)
