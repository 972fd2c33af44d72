"""What the clerk does: the kinds of jobs there are, and what is looked after in every round."""

from collections.abc import Mapping, Sequence

from slack_sdk import WebClient

from bot.clerk import Round, Work
from provisioning import benches, strangers
from provisioning.database import Database
from provisioning.settings import ClerkSettings


def works(settings: ClerkSettings, database: Database, slack: WebClient) -> Mapping[str, Work]:
    """Return how jobs are done, by what they are called."""
    del settings, database, slack
    return {}


def rounds(settings: ClerkSettings) -> Sequence[Round]:
    """Return what is looked after every ten seconds."""
    del settings
    return [benches.close_expired, strangers.settle_known]
