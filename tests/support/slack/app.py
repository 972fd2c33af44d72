"""The app under test, as Slack knows it."""

from __future__ import annotations

from dataclasses import dataclass

SCOPES = frozenset({"commands", "chat:write", "channels:history", "groups:history"})


@dataclass(frozen=True)
class App:
    """One app, installed in one workspace with one bot."""

    bot_token: str
    signing_secret: str
    app_token: str
    scopes: frozenset[str]
    id: str = "A0ROLLCALL"
    name: str = "rollcall"
    bot_id: str = "B0ROLLCALL"
    bot_user_id: str = "U0ROLLCALL"
    team_id: str = "T0STANDIN"
    team_domain: str = "stand-in"
    verification_token: str = "verification-token-of-the-stand-in"
