"""Settings of the processes that speak with Slack."""

from pathlib import Path

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator

from rollcall.settings.common import (
    ABOUT_SLACK_API,
    SLACK_API,
    BoardSettings,
    PolicySettings,
    PublishedSettings,
    RepoSettings,
    Settings,
)
from rollcall.settings.retention import RetentionSettings

_APPS = "api.slack.com/apps, your app"  # where Slack shows what belongs to an app


class SlackSettings(Settings):
    """Settings of a way to write to Slack."""

    bot_token: SecretStr = Field(
        alias="SLACK_BOT_TOKEN",
        description=f"the app's bot token, `xoxb-…`: {_APPS}, *OAuth & Permissions*",
    )
    api_url: AnyHttpUrl = Field(SLACK_API, alias="SLACK_API_URL", description=ABOUT_SLACK_API)

    @field_validator("bot_token")
    @classmethod
    def _is_a_bot_token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value().startswith("xoxe."):
            raise ValueError(
                "it expires after twelve hours, for the app has token rotation; make the app anew "
                "from slack-app.yaml, without it"
            )
        return _begins(token, "xoxb-")


class RelaySettings(SlackSettings, PolicySettings, BoardSettings):
    """Settings of the relay: a way to write to Slack, the policy, the board that cards lead to."""

    # For mail and for news of webhooks; Slack is told of Macs without them.
    channel: str | None = Field(
        None,
        alias="ROLLCALL_CHANNEL",
        pattern=r"^[CG][A-Z0-9]{2,}$",
        description="the id of the Slack channel that hears of everything, such as `C024BE91L`",
    )
    mail_key: SecretStr | None = Field(
        None,
        alias="ROLLCALL_SECRET_KEY",
        description="signs script tokens and links in mails; at least 32 random characters",
    )


class _ServedSettings(SlackSettings, RepoSettings):
    """Settings of processes that check the server from outside."""

    # What the server serves Macs with; nothing stops without it, but less can be looked at.
    url: AnyHttpUrl | None = Field(
        None,
        alias="BOOTSTRAP_URL",
        description="where Macs reach the server, such as `http://mac.lan:5000`",
    )


class JobsSettings(_ServedSettings, PublishedSettings, RetentionSettings):
    """Settings of the job runner: a way to read from Slack, the repo, the retention."""


class BotSettings(_ServedSettings):
    """Settings of the bot; one of the last two chooses the transport."""

    signing_secret: SecretStr | None = Field(
        None,
        alias="SLACK_SIGNING_SECRET",
        description="for HTTP requests at `/slack/events`: the app's signing secret, from "
        "*Basic Information*",
    )
    app_token: SecretStr | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="for Socket Mode: the app-level token, `xapp-…`, from *Basic Information*",
    )
    # For previews; nothing stops without it.
    templates: Path | None = Field(
        None,
        alias="ROLLCALL_TEMPLATES",
        description="a folder of script templates that come before those shipped",
    )

    @field_validator("app_token")
    @classmethod
    def _is_an_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return token and _begins(token, "xapp-")


class SocketModeSettings(BotSettings):
    """Settings of the bot as a process of its own, which it is in Socket Mode only."""

    app_token: SecretStr = Field(
        alias="SLACK_APP_TOKEN",
        description=f"for Socket Mode, the app-level token, `xapp-…`: {_APPS}, *Basic Information*"
        "; over HTTP the server is the bot, and this process is not started",
    )


def _begins(token: SecretStr, prefix: str) -> SecretStr:
    text = token.get_secret_value()
    if not text.startswith(prefix):
        raise ValueError(f"it does not begin with {prefix}; is it another of Slack's tokens?")
    if not text.isascii() or not text.isprintable():
        raise ValueError("it has a character in it that no token has: copy it again")
    return token
