"""Settings as an admin would have them, validated like theirs, without an environment."""

from pathlib import Path

from rollcall.settings import BotSettings, ClerkSettings, ServerSettings
from tests.support.installation import CHANNEL, PASSWORD, SECRET_KEY, USERNAME


def server_settings(repo: Path, **others: str) -> ServerSettings:
    """What the Macs' door needs, and `others` by their variables."""
    return ServerSettings.model_validate(
        {
            "MUNKI_REPO": str(repo),
            "ROLLCALL_CHANNEL": CHANNEL,
            "BOOTSTRAP_URL": "http://127.0.0.1:5000",
            "BOOTSTRAP_USERNAME": USERNAME,
            "BOOTSTRAP_PASSWORD": PASSWORD,
            "ROLLCALL_SECRET_KEY": SECRET_KEY,
            **others,
        }
    )


def clerk_settings(repo: Path, api_url: str, bot_token: str, **others: str) -> ClerkSettings:
    """What the clerk needs, and `others` by their variables."""
    return ClerkSettings.model_validate(
        {
            "MUNKI_REPO": str(repo),
            "ROLLCALL_CHANNEL": CHANNEL,
            "SLACK_API_URL": api_url,
            "SLACK_BOT_TOKEN": bot_token,
            **others,
        }
    )


def bot_settings(repo: Path, api_url: str, bot_token: str, signing_secret: str) -> BotSettings:
    """What the people's door needs, over HTTP."""
    return BotSettings.model_validate(
        {
            "MUNKI_REPO": str(repo),
            "ROLLCALL_CHANNEL": CHANNEL,
            "SLACK_API_URL": api_url,
            "SLACK_BOT_TOKEN": bot_token,
            "SLACK_SIGNING_SECRET": signing_secret,
        }
    )
