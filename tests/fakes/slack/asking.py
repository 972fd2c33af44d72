"""Which team a request is for: all of them are served by the same routes."""

from __future__ import annotations

from typing import cast

from flask import request

from tests.fakes.slack.team import Team

TEAM = "rollcall.team"
"""What a request's environment calls its team."""


def asked() -> Team:
    """The team of the present request."""
    return cast(Team, request.environ[TEAM])
