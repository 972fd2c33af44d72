"""The team of a request: the same routes serve all teams."""

from __future__ import annotations

from typing import cast

from flask import request

from tests.fakes.slack.state.team import Team

TEAM = "rollcall.team"
"""The key of the team in a request's environment."""


def asked() -> Team:
    """The team of the present request."""
    return cast(Team, request.environ[TEAM])
