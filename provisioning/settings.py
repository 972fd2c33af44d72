"""Settings: typed, frozen, read once at the start, and named where they are missing or unsafe."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import (
    AnyHttpUrl,
    DirectoryPath,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from provisioning.errors import RollcallError

WELL_KNOWN = frozenset(
    {"admin", "administrator", "bootstrap", "changeme", "change-me", "default", "imagr", "letmein"}
    | {"munki", "password", "passw0rd", "rollcall", "root", "secret", "secret-key", "test"}
)
SHORTEST_KEY = 32  # characters: what `python -c 'import secrets; ...token_hex(16)'` gives
SHORTEST_REPORT_KEY = 16  # characters; it stands in a URL that is typed into a workflow
FEWEST_DIFFERENT = 8  # characters among them, or somebody leant on a key


class UnusableSettings(RollcallError):
    """Settings that are missing or that nobody should run with; says each with its mend."""


class Settings(BaseSettings):
    """What every process of Rollcall needs."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    context: Literal["DEV", "PROD"] = Field(
        "PROD",
        alias="CONTEXT",
        description="`DEV`: Flask's development server, weak secrets allowed",
    )
    database_url: str = Field(
        "sqlite:///rollcall.sqlite3",
        alias="ROLLCALL_DATABASE_URL",
        description="where registrations are kept: `sqlite:///PATH` or `postgresql://…`",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="ROLLCALL_LOG_LEVEL", description="the least important log line to write"
    )
    log_format: Literal["json", "console"] = Field(
        "json", alias="ROLLCALL_LOG_FORMAT", description="`json` for machines, `console` for people"
    )


class ChannelSettings(Settings):
    """Where the news goes."""

    channel: str = Field(
        alias="ROLLCALL_CHANNEL",
        pattern=r"^[CG][A-Z0-9]{2,}$",
        description="the id of the Slack channel that hears of everything, such as `C024BE91L`",
    )


class RepoSettings(ChannelSettings):
    """What the two doors need."""

    munki_repo: str = Field(
        "/munki_repo",
        alias="MUNKI_REPO",
        min_length=1,
        description="the folder of the Munki repo",
    )
    repo_url: AnyHttpUrl | None = Field(
        None,
        alias="MUNKI_REPO_URL",
        description="where Macs get the Munki repo by HTTP: a manifest has to be seen there",
    )
    repo_authorization: SecretStr | None = Field(
        None,
        alias="MUNKI_REPO_AUTHORIZATION",
        description="the `Authorization` header for that, whole, where one is needed",
    )
    repo_patience: int = Field(
        120,
        alias="MUNKI_REPO_PATIENCE",
        ge=0,
        le=3600,
        description="how long `MUNKI_REPO_URL` may lag before a Mac is confirmed all the same, s",
    )
    command: str = Field(
        "/mac",
        alias="SLACK_COMMAND",
        pattern=r"^/\S{1,31}$",
        description="the slash command's name",
    )
    policy: Path | None = Field(
        None,
        alias="ROLLCALL_POLICY",
        description="a file that says who may do what, such as `/munki_repo/rollcall.toml`",
    )


class ServerSettings(RepoSettings):
    """What the Macs' door needs."""

    url: AnyHttpUrl = Field(
        alias="BOOTSTRAP_URL",
        description="where Macs reach the server, such as `http://mac.lan:5000`",
    )
    username: str = Field(
        alias="BOOTSTRAP_USERNAME", min_length=1, description="who fetches scripts (Basic auth)"
    )
    password: SecretStr = Field(
        alias="BOOTSTRAP_PASSWORD", min_length=1, description="the password for that"
    )
    secret_key: SecretStr = Field(
        alias="ROLLCALL_SECRET_KEY",
        min_length=1,
        description=f"signs script tokens; at least {SHORTEST_KEY} random characters",
    )
    report_keys: SecretStr | None = Field(
        None,
        alias="ROLLCALL_REPORT_KEYS",
        description="the keys that open `/report/KEY` to Imagr's reports, separated by commas",
    )
    token_hours: int = Field(
        72,
        alias="ROLLCALL_TOKEN_HOURS",
        ge=1,
        le=24 * 90,
        description="how long a served script may ask for its manifest, in hours",
    )
    templates: DirectoryPath | None = Field(
        None,
        alias="ROLLCALL_TEMPLATES",
        description="a folder of script templates that come before those shipped",
    )
    proxies: int = Field(
        0,
        alias="ROLLCALL_PROXIES",
        ge=0,
        le=9,
        description="how many proxies in front of the server say whom they forward",
    )
    port: int = Field(5000, alias="PORT", ge=1, le=65535, description="the port to listen on")
    workers: int = Field(2, alias="ROLLCALL_WORKERS", ge=1, le=32, description="server processes")
    threads: int = Field(
        4, alias="ROLLCALL_THREADS", ge=1, le=64, description="requests at once in each process"
    )

    @field_validator("username")
    @classmethod
    def _fits_basic_auth(cls, username: str) -> str:
        if ":" in username:
            raise ValueError("a user name for Basic auth cannot contain a colon")
        return username

    @field_validator("report_keys")
    @classmethod
    def _fit_a_url(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in _keys(keys):
            if len(key) < SHORTEST_REPORT_KEY or not re.fullmatch(r"[A-Za-z0-9_-]+", key):
                raise ValueError(
                    f"each key has to have at least {SHORTEST_REPORT_KEY} characters, "
                    "letters, digits, - and _ only"
                )
        return keys

    @model_validator(mode="after")
    def _no_well_known_secrets(self) -> Self:
        if self.context == "DEV":
            return self
        weak = []
        if self.password.get_secret_value().casefold() in WELL_KNOWN | {self.username.casefold()}:
            weak.append("BOOTSTRAP_PASSWORD is one that everybody tries first")
        key = self.secret_key.get_secret_value()
        if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT:
            weak.append(f"ROLLCALL_SECRET_KEY is not {SHORTEST_KEY} random characters")
        if any(len(set(key)) < FEWEST_DIFFERENT for key in self.keys_for_reports):
            weak.append("ROLLCALL_REPORT_KEYS has a key that is easily guessed")
        if weak:
            raise ValueError("; ".join(weak) + " (only CONTEXT=DEV allows that)")
        return self

    @property
    def keys_for_reports(self) -> tuple[str, ...]:
        """The keys that open the reports' address; several, so that they can be changed."""
        return _keys(self.report_keys)

    @property
    def token_lifetime(self) -> timedelta:
        """How long a script's token is good."""
        return timedelta(hours=self.token_hours)


class SlackSettings(Settings):
    """What the courier needs: a way to write to Slack."""

    bot_token: SecretStr = Field(
        alias="SLACK_BOT_TOKEN", description="the app's bot token, `xoxb-…`"
    )
    api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://slack.com/api/"), alias="SLACK_API_URL", description="Slack's Web API"
    )

    @field_validator("bot_token")
    @classmethod
    def _is_a_bot_token(cls, token: SecretStr) -> SecretStr:
        return _begins(token, "xoxb-")


class ClerkSettings(SlackSettings, RepoSettings):
    """What the clerk needs: a way to read from Slack, and what the doors need."""

    # What the server serves Macs with; nothing stops without it, but less can be looked at.
    url: AnyHttpUrl | None = Field(
        None,
        alias="BOOTSTRAP_URL",
        description="where Macs reach the server, such as `http://mac.lan:5000`",
    )


class BotSettings(ClerkSettings):
    """What the people's door needs; one of the last two says by which transport."""

    signing_secret: SecretStr | None = Field(
        None,
        alias="SLACK_SIGNING_SECRET",
        description="for HTTP requests at `/slack/events`: the app's signing secret",
    )
    app_token: SecretStr | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="for Socket Mode: the app-level token, `xapp-…`",
    )

    # What the server serves Macs with, so that the bot can show it. Nothing stops it without.
    url: AnyHttpUrl | None = Field(
        None,
        alias="BOOTSTRAP_URL",
        description="where Macs reach the server, such as `http://mac.lan:5000`",
    )
    templates: Path | None = Field(
        None,
        alias="ROLLCALL_TEMPLATES",
        description="a folder of script templates that come before those shipped",
    )

    @field_validator("app_token")
    @classmethod
    def _is_an_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return token and _begins(token, "xapp-")


Some = TypeVar("Some", bound=Settings)


def read(kind: type[Some]) -> Some:
    """Read settings of a kind from the environment.

    Raises UnusableSettings, which names every variable that is missing or wrong, and no value.
    """
    try:
        return kind()
    except ValidationError as error:
        raise UnusableSettings(_mends(kind, error)) from None


def speaks_slack_over_http(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the server is to take Slack's requests: a signing secret and no app token."""
    return bool(environment.get("SLACK_SIGNING_SECRET") and not environment.get("SLACK_APP_TOKEN"))


def _keys(written: SecretStr | None) -> tuple[str, ...]:
    keys = written.get_secret_value().split(",") if written else ()
    return tuple(key.strip() for key in keys if key.strip())


def _begins(token: SecretStr, prefix: str) -> SecretStr:
    if not token.get_secret_value().startswith(prefix):
        raise ValueError(f"it does not begin with {prefix}; is it another of Slack's tokens?")
    return token


def _mends(kind: type[Settings], error: ValidationError) -> str:
    described = {field.alias: field.description for field in kind.model_fields.values()}
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        if problem["type"] == "missing":
            lines.append(f"{name} is not set: {described[name]}")
        else:
            why = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {why}" if name else why)
    return "Rollcall cannot start.\n" + "\n".join(f"  - {line}" for line in lines)
