"""Bodies of Slack's requests, and the lines of the log about them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
COMMAND = {
    "command": "/mac",
    "text": "help",
    "user_id": "U0ALICE",
    "channel_id": "C0IMAGING",
    "team_id": "T0TEAM",
    "trigger_id": "1.2.3",
    "response_url": "http://127.0.0.1:9/",
}
PRESSED = {
    "type": "block_actions",
    "team": {"id": "T0TEAM"},
    "user": {"id": "U0ALICE", "team_id": "T0TEAM"},
    "trigger_id": "1.2.3",
    "view": {"id": "V1", "type": "home", "private_metadata": "", "state": {"values": {}}},
    "actions": [{"type": "button", "action_id": "undo", "block_id": "b", "value": "1"}],
}
SUBMITTED = {
    "type": "view_submission",
    "team": {"id": "T0TEAM"},
    "user": {"id": "U0ALICE", "team_id": "T0TEAM"},
    "view": {"id": "V1", "type": "modal", "callback_id": "register", "state": {"values": {}}},
}
OPENED = {
    "type": "event_callback",
    "team_id": "T0TEAM",
    "authorizations": [{"team_id": "T0TEAM", "user_id": "U0BOT"}],
    "event": {"type": "app_home_opened", "user": "U0ALICE", "tab": "home", "event_ts": "1.0"},
}
DROPPED = {
    "type": "event_callback",
    "team_id": "T0TEAM",
    "authorizations": [{"team_id": "T0TEAM", "user_id": "U0BOT"}],
    "event": {
        "type": "message",
        "subtype": "file_share",
        "user": "U0ALICE",
        "channel": "C0IMAGING",
        "channel_type": "channel",
        "ts": "1.0",
        "files": [],
    },
}
Post = Callable[..., TestResponse]


def interaction(payload: Any) -> bytes:
    """The body of Slack's request for a pressed button or a submitted window."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def faults(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines with a traceback."""
    return [line for line in lines if "exc_info" in line]


NO_PAYLOADS = (
    *(b"", b"{}", b"[]", b'"x"', b"{", b"null", b"7", b"\xef\xbb\xbf{}", b"\xff\xfe", b"["),
    *(b"payload", b"payload=", b"payload=%5B%5D", b"payload=%22x%22", b"payload={"),
    *(b"payload=null", b"payload=%FF", b"command=%2Fmac", b"\x00", b"[" * 50_000),
    b'{"type": "url_verification", "challenge": "\xff"}',
    b'{"a":' * 50_000,
)
