"""The people of a workspace, as users.info shows them (docs.slack.dev, "User object"), and its user
groups.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.slack.web.wire import JSON

Guest = Literal["", "multi", "single"]
"""A guest of several channels, or of a single one."""


@dataclass(eq=False)
class Member:
    """A person or a bot. One of another workspace is here through Slack Connect."""

    id: str
    name: str
    team_id: str
    team_domain: str = ""
    enterprise_id: str = ""
    real_name: str = ""
    guest: Guest = ""
    bot: bool = False
    admin: bool = False
    deleted: bool = False
    locale: str = "en-GB"
    tz: str = "Europe/London"
    tz_offset: int = 0

    def as_json(self, *, stranger: bool = False) -> JSON:
        """The user object. A stranger is of another workspace and in no channel of the bot."""
        names = {"real_name": self.real_name or self.name, "display_name": self.name}
        shown: JSON = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name or self.name,
            "profile": {**names, "team": self.team_id},
            "is_bot": self.bot,
            "is_app_user": False,
            "is_stranger": stranger,
        }
        return shown if self.deleted else {**shown, **self._rights()}

    def _rights(self) -> JSON:
        """The fields that Slack leaves out of a deactivated user."""
        return {
            "tz": self.tz,
            "tz_offset": self.tz_offset,
            "is_admin": self.admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": bool(self.guest),
            "is_ultra_restricted": self.guest == "single",
        }


@dataclass(eq=False)
class Group:
    """A user group, which people mention as @handle."""

    id: str
    handle: str
    members: list[str] = field(default_factory=list)
    disabled: bool = False
