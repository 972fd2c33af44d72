"""auth.test and apps.connections.open."""

from __future__ import annotations

from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON


def test(team: Team, arguments: Arguments) -> JSON:
    """The app and the team that the token belongs to."""
    return {
        "url": f"https://{team.app.team_domain}.slack.com/",
        "team": team.app.team_domain,
        "user": team.app.name,
        "team_id": team.app.team_id,
        "user_id": team.app.bot_user_id,
        "bot_id": team.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(team: Team, arguments: Arguments) -> JSON:
    """A WebSocket URL, good for one connection."""
    origin = team.origin.replace("http://", "ws://")
    return {"url": f"{origin}/link/?ticket={team.sockets.ticket()}&app_id={team.app.id}"}
