"""Settings as an admin would have them, validated like theirs, without an environment.

They are validated once for all tests: that takes longer than what many of these are about.
"""

from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import AnyHttpUrl

from rollcall.settings import BotSettings, JobsSettings, ServerSettings, Settings
from tests.support.installation import CHANNEL, PASSWORD, SECRET_KEY, USERNAME

AnySettings = TypeVar("AnySettings", bound=Settings)

NOBODY = "http://127.0.0.1:9/api/"


def with_policy(given: AnySettings, folder: Path, text: str) -> AnySettings:
    """The same settings with a policy file of this text, which is put into a folder."""
    policy = folder / "rollcall.toml"
    policy.write_text(text)
    return given.model_copy(update={"policy": policy})


def with_board(given: BotSettings) -> BotSettings:
    """The same settings with a board."""
    return given.model_copy(update={"board_url": AnyHttpUrl("https://rollcall.example.com")})


def server_settings(repo: Path, **others: str) -> ServerSettings:
    """The settings of a server, with `others` by their variables."""
    found = _server_settings(**others)
    return found if "MUNKI_REPO" in others else found.model_copy(update={"munki_repo": str(repo)})


@cache
def _server_settings(**others: str) -> ServerSettings:
    return ServerSettings.model_validate(
        {
            "ROLLCALL_CHANNEL": CHANNEL,
            "BOOTSTRAP_URL": "http://127.0.0.1:5000",
            "BOOTSTRAP_USERNAME": USERNAME,
            "BOOTSTRAP_PASSWORD": PASSWORD,
            "ROLLCALL_SECRET_KEY": SECRET_KEY,
            **others,
        }
    )


def jobs_settings(repo: Path, api_url: str, bot_token: str, **others: str) -> JobsSettings:
    """The settings of the job runner, with `others` by their variables."""
    found = _jobs_settings(SLACK_BOT_TOKEN=bot_token, **others)
    return found.model_copy(update=_places(repo, api_url))


@cache
def _jobs_settings(**others: str) -> JobsSettings:
    fixed = {"ROLLCALL_CHANNEL": CHANNEL, "SLACK_API_URL": NOBODY}
    return JobsSettings.model_validate({**fixed, **others})


def bot_settings(repo: Path, api_url: str, bot_token: str, signing_secret: str) -> BotSettings:
    """The settings of the Slack bot, over HTTP."""
    found = _bot_settings(SLACK_BOT_TOKEN=bot_token, SLACK_SIGNING_SECRET=signing_secret)
    return found.model_copy(update=_places(repo, api_url))


class _BotAndJobsSettings(BotSettings, JobsSettings):
    """Settings of a test that does a bot's jobs itself."""


@cache
def _bot_settings(**others: str) -> BotSettings:
    fixed = {"ROLLCALL_CHANNEL": CHANNEL, "SLACK_API_URL": NOBODY}
    return _BotAndJobsSettings.model_validate({**fixed, **others})


def _places(repo: Path, api_url: str) -> dict[str, object]:
    """The settings that differ from test to test."""
    return {"munki_repo": str(repo), "api_url": AnyHttpUrl(api_url)}
