"""Slack's two methods about people, as a server whose every answer a test can set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from flask.json import dumps

from tests.support.running.serving import served

OURS, THEIRS = "T0OURS", "T0THEIRS"
ALICE, BOB, GROUP = "U0ALICE", "U0BOB", "S0LONDON"
TOKEN = "xoxb-1-members"


@dataclass
class Directory:
    """The two methods as Slack documents them; a call that is no such call is kept as a fault."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=lambda: {GROUP: [ALICE]})
    calls: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    ours: dict[str, Any] = field(default_factory=lambda: {"team_id": OURS})
    """The part of auth.test's answer that tells where the app is installed."""
    answer: Callable[[], tuple[int, Any]] | None = None
    """An answer in place of the true one: a status and a body."""
    api_url: str = ""

    def add(self, user: str, **facts: Any) -> None:
        """Have Slack know a person; a full member of our workspace unless told otherwise."""
        flags = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
        member = {"id": user, "team_id": OURS, **dict.fromkeys(flags, False)}
        self.users[user] = {**member, "is_app_user": False, **facts}

    def say(self, status: int, body: Any) -> None:
        """Answer every call with this."""
        self.answer = lambda: (status, body)

    def said(self, method: str, form: dict[str, str]) -> tuple[int, Any]:
        """Slack's answer to a call."""
        if method == "auth.test":
            return 200, {"ok": True, **self.ours}
        name = {"users.info": "user", "usergroups.users.list": "usergroup"}.get(method)
        asks_locale = form.pop("include_locale", None) == "1"
        if name is None or set(form) != {name} or asks_locale != (name == "user"):
            self.faults.append(f"{method} {form}")
            return 200, refused("invalid_arguments")
        self.calls.append((method, form[name]))
        if self.answer:
            return self.answer()
        if name == "user":
            user = self.users.get(form[name])
            return 200, {"ok": True, "user": user} if user else refused("user_not_found")
        users = self.groups.get(form[name])
        no_group = users is None
        return 200, refused("no_such_subteam") if no_group else {"ok": True, "users": users}

    def respond(self, method: str) -> Response:
        """Slack's answer over HTTP."""
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            self.faults.append("no token")
        status, said = self.said(method, request.form.to_dict())
        body = said if isinstance(said, bytes) else dumps(said)
        headers = {"Retry-After": "30"} if status == 429 else {}
        return Response(body, status, headers, content_type="application/json; charset=utf-8")


def refused(code: str, **more: str) -> dict[str, Any]:
    """The body of a call that Slack refuses."""
    return {"ok": False, "error": code, **more}


@contextmanager
def running() -> Iterator[Directory]:
    """Serve a Slack that knows a group with Alice in it, and nobody yet."""
    directory, app = Directory(), Flask(__name__)
    app.post("/api/<method>")(directory.respond)
    with served(app) as url:
        directory.api_url = f"{url}/api/"
        yield directory
    assert directory.faults == []
