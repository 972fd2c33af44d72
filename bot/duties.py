"""What the clerk does: the kinds of jobs there are, and what is looked after in every round."""

from collections.abc import Mapping, Sequence
from functools import partial

from slack_sdk import WebClient

from bot import downloads
from bot.clerk import Round, Work
from bot.readers import Reader
from bot.steps import FINISH_STEP, Steps
from bot.templates import SEND_TEMPLATE, Templates
from provisioning import imports
from provisioning.database import Database
from provisioning.munki import MunkiRepo
from provisioning.settings import ClerkSettings


def works(settings: ClerkSettings, database: Database, slack: WebClient) -> Mapping[str, Work]:
    """Return how jobs are done, by what they are called."""
    repo = MunkiRepo(settings.munki_repo)
    token, api_url = settings.bot_token.get_secret_value(), str(settings.api_url)
    fetch = partial(downloads.fetch, token=token, api_url=api_url)
    return {
        imports.READ_SOURCE: Reader(database, repo, slack, fetch),
        SEND_TEMPLATE: Templates(repo, slack),
        FINISH_STEP: Steps(slack),
    }


def rounds(settings: ClerkSettings) -> Sequence[Round]:
    """Return what is looked after every ten seconds."""
    del settings
    return []
