"""Variables of an installation as it should be, and what is said of others."""

from collections.abc import Callable, Mapping

import pytest

from rollcall.settings import (
    BotSettings,
    RepoSettings,
    ServerSettings,
    Settings,
    SlackSettings,
    UnusableSettings,
    read,
)
from tests.support.installation import PASSWORD, SECRET_KEY

Environment = Callable[[Mapping[str, str]], None]
KINDS: list[type[Settings]] = [Settings, RepoSettings, ServerSettings, SlackSettings, BotSettings]
NAMES = {str(field.alias) for kind in KINDS for field in kind.model_fields.values()}
GOOD = {
    "BOOTSTRAP_URL": "http://mac.lan:5000",
    "BOOTSTRAP_USERNAME": "imaging",
    "BOOTSTRAP_PASSWORD": PASSWORD,
    "ROLLCALL_CHANNEL": "C024BE91L",
    "ROLLCALL_SECRET_KEY": SECRET_KEY,
    "SLACK_BOT_TOKEN": "xoxb-1-good",
    "SLACK_APP_TOKEN": "xapp-1-good",
    "SLACK_SIGNING_SECRET": "signing-secret",
}


def complaint(kind: type[Settings]) -> str:
    with pytest.raises(UnusableSettings) as caught:
        read(kind)
    return str(caught.value)
