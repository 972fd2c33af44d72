"""Requests that each registered listener of a Bolt app waits for, with payloads that it would take.

It is read off Bolt's own listeners, so that a new one is found by itself.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.listener_matcher.builtins import BuiltinListenerMatcher

from tests.fakes.slack.web.wire import JSON
from tests.soak.fuzz.strange import Dice
from tests.support.installation import CHANNEL

ALICE, BOT, TEAM = "U0ALICE", "U0ROLLCALL", "T0STANDIN"
_GROUP, _DIGITS = re.compile(r"\(([^()]*)\)"), re.compile(r"\[0-9\]\+")


@dataclass(frozen=True)
class Waiting:
    """One listener: the kind of what it waits for, as Bolt calls it, and the names of that."""

    kind: str
    names: Mapping[str, Any]
    matcher: BuiltinListenerMatcher

    def takes(self, payload: JSON) -> bool:
        """True where a payload is what it waits for."""
        asked = BoltRequest(body=payload, mode="socket_mode")
        return self.matcher.matches(asked, BoltResponse(status=200))


def waiting(app: App) -> list[Waiting]:
    """The listeners of an app, but for those that wait for the same."""
    found: dict[str, Waiting] = {}
    for listener in app._listeners:  # noqa: SLF001 - Bolt tells them to nobody else
        for matcher in listener.matchers:
            if isinstance(matcher, BuiltinListenerMatcher):
                kind = matcher.func.__qualname__.partition(".")[0]
                names = inspect.getclosurevars(matcher.func).nonlocals
                found[f"{kind} {names}"] = Waiting(kind, names, matcher)
    return [found[name] for name in sorted(found)]


def payload(listener: Waiting, dice: Dice, shown: Mapping[str, list[JSON]]) -> JSON:  # noqa: PLR0911
    """A payload that reaches a listener; `shown` has what Slack has shown, by its id.

    Raises LookupError for a kind of listener that this function does not know.
    """
    names = listener.names
    match listener.kind:
        case "command":
            return {**_command(names["command"]), "text": dice.choice(TYPED)}
        case "action" | "block_action":
            return _action(names["constraints"], dice, shown)
        case "options":
            action_id = _example(names["constraints"], dice)
            return {
                **_interaction("block_suggestion"),
                "action_id": action_id,
                "block_id": "b",
                "value": dice.choice(("", "lo", "C02")),
                "view": {"id": "V1", "type": "modal", "private_metadata": ""},
            }
        case "view_submission":
            views = shown.get(names["callback_id"]) or [_view(names["callback_id"])]
            return {**_interaction("view_submission"), "view": dice.choice(views)}
        case "shortcut":
            return _shortcut(names["callback_id"], dice)
        case "event":
            constraints = names.get("constraints") or {"type": names["event_type"]}
            return _event(dict(constraints), dice)
        case "function_executed":
            return _function(names["callback_id"], dice)
    raise LookupError(f"no payload is known for {listener}")


TYPED = (
    *("", "help", "register C02AAA london design", "C02AAA london design", "C02AAA", "list"),
    *("list london", "show C02AAA", "find C02", "cancel C02AAA", "move C02AAA paris kiosk"),
    *("reimage C02AAA", "log C02AAA", "stats", "stats 4", "digest", "export", "template", "doctor"),
    *(
        "preview C02AAA london design",
        "name C02AAA Mac-1",
        "replace C02AAA C02BBB",
        "remind C02AAA",
    ),
    *("bench london design 2h", "bench off", "C02AAA,london,design\nC02BBB,paris,kiosk", "undo"),
)


def _command(command: str) -> JSON:
    return {
        "command": command,
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": ALICE,
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/commands/x",
    }


def _interaction(kind: str) -> JSON:
    return {
        "type": kind,
        "team": {"id": TEAM},
        "user": {"id": ALICE, "team_id": TEAM},
        "trigger_id": "1.2.3",
    }


def _action(constraints: Any, dice: Dice, shown: Mapping[str, list[JSON]]) -> JSON:
    wanted = constraints if isinstance(constraints, dict) else {"action_id": constraints}
    action_id = _example(wanted["action_id"], dice)
    button = {"type": "button", "block_id": "b", "value": dice.choice(("1", "2", "C02AAA", "{}"))}
    element = dice.choice(shown.get(action_id) or [button])
    action = {**element, "action_id": action_id, "action_ts": "1772000000.000100"}
    if "block_id" in wanted:
        action["block_id"] = wanted["block_id"]
    if "select" in action["type"]:
        chosen = dice.choice(("london", "design", "1", "C02AAA"))
        action["selected_option"] = {"value": chosen, "text": {"type": "plain_text", "text": "x"}}
    return {**_interaction("block_actions"), "actions": [action], **_place(dice)}


def _place(dice: Dice) -> JSON:
    """The place in which something is pressed: a message, a window or the Home tab."""
    if dice.happens(0.5):
        kind = dice.choice(("modal", "home"))
        return {
            "container": {"type": "view", "view_id": "V1"},
            "view": {**_view("register"), "type": kind},
        }
    return {
        "container": {"type": "message", "message_ts": "1772000000.000100", "channel_id": CHANNEL},
        "channel": {"id": CHANNEL, "name": "imaging"},
        "message": {"ts": "1772000000.000100", "text": "x", "blocks": []},
        "state": {"values": {}},
        "response_url": "http://127.0.0.1:9/actions/x",
    }


def _view(callback_id: str) -> JSON:
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": "",
        "hash": "1.x",
        "blocks": [],
        "state": {"values": {}},
    }


def _shortcut(callback_id: Any, dice: Dice) -> JSON:
    chosen = {"callback_id": _example(callback_id, dice), "action_ts": "1.0"}
    if dice.happens(0.5):
        return {**_interaction("shortcut"), **chosen}
    message = {"ts": "1772000000.000100", "user": ALICE, "text": "C02AAA london design"}
    channel = {"id": CHANNEL, "name": "imaging"}
    place = {"message_ts": message["ts"], "message": message, "channel": channel}
    response = {"response_url": "http://127.0.0.1:9/actions/x"}
    return {**_interaction("message_action"), **chosen, **place, **response}


def _event(constraints: JSON, dice: Dice) -> JSON:
    event: JSON = {
        "user": dice.choice((ALICE, BOT)),
        "channel": dice.choice((CHANNEL, "D0ALICE")),
        "channel_type": dice.choice(("channel", "im")),
        "ts": "1772000000.000100",
        "text": dice.choice((f"<@{BOT}> ", "")) + dice.choice(TYPED),
        "tab": "home",
        "event_ts": "1772000000.000100",
        **constraints,
    }
    if event["type"] == "message" and dice.happens(0.3):
        file = {"id": "F0FILE", "name": "list.csv", "mimetype": "text/csv", "size": 10}
        event |= {"subtype": "file_share", "files": [file]}
        event |= {key: constraints[key] for key in constraints}
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{dice.randrange(10**9)}",
        "authorizations": [{"team_id": TEAM, "user_id": BOT}],
        "event": event,
    }


def _function(callback_id: Any, dice: Dice) -> JSON:
    event = _event({"type": "function_executed"}, dice)
    event["event"] |= {
        "function": {"callback_id": _example(callback_id, dice)},
        "inputs": {"serials": "C02AAA", "site": "london", "build": "design", "user": ALICE},
        "function_execution_id": "Fx1",
        "bot_access_token": "xwfp-1",
    }
    return event


def _example(constraint: Any, dice: Dice) -> str:
    """A name that a constraint takes, which is a text or a pattern.

    Raises LookupError for a pattern that is made of more than groups of words and of digits.
    """
    if not isinstance(constraint, re.Pattern):
        return str(constraint)
    text = constraint.pattern.removeprefix("^").removesuffix("$")
    text = _GROUP.sub(lambda group: dice.choice(group[1].split("|")), text)
    text = _DIGITS.sub(lambda _: str(dice.randrange(30)), text)
    text += str(dice.randrange(30)) if text.endswith("-") else ""
    if not constraint.search(text):
        raise LookupError(f"no example is known for {constraint.pattern}")
    return text
