"""Settings: typed, frozen, read once at the start, and named where they are missing or unsafe."""

from rollcall.settings.common import (
    PolicySettings,
    PublishedSettings,
    RepoSettings,
    Settings,
    without_login,
)
from rollcall.settings.reading import (
    UnusableSettings,
    read,
    speaks_slack_over_http,
    speaks_to_slack,
)
from rollcall.settings.servers import WELL_KNOWN, LiveSettings, ServerSettings
from rollcall.settings.slack import (
    BotSettings,
    JobsSettings,
    RelaySettings,
    SlackSettings,
    SocketModeSettings,
)

__all__ = [
    "WELL_KNOWN",
    "BotSettings",
    "JobsSettings",
    "LiveSettings",
    "PolicySettings",
    "PublishedSettings",
    "RelaySettings",
    "RepoSettings",
    "ServerSettings",
    "Settings",
    "SlackSettings",
    "SocketModeSettings",
    "UnusableSettings",
    "read",
    "speaks_slack_over_http",
    "speaks_to_slack",
    "without_login",
]
