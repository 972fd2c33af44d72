"""Settings: typed, frozen, read once at the start, and named where they are missing or unsafe."""

from rollcall.settings.common import ChannelSettings, RepoSettings, Settings
from rollcall.settings.reading import UnusableSettings, read, speaks_slack_over_http
from rollcall.settings.servers import WELL_KNOWN, ServerSettings
from rollcall.settings.slack import BotSettings, ClerkSettings, SlackSettings

__all__ = [
    "WELL_KNOWN",
    "BotSettings",
    "ChannelSettings",
    "ClerkSettings",
    "RepoSettings",
    "ServerSettings",
    "Settings",
    "SlackSettings",
    "UnusableSettings",
    "read",
    "speaks_slack_over_http",
]
