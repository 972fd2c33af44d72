"""What the clerk does: the kinds of jobs there are, and what is looked after in every round."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from slack_sdk import WebClient
from sqlalchemy.orm import Session

from bot import downloads, policies
from bot import works as kinds
from bot.clerk import Round, Work
from bot.prestaging import Prestaging
from bot.readers import Reader
from bot.restoring import Restoring
from bot.steps import FINISH_STEP, Steps
from provisioning import (
    benches,
    clocks,
    digests,
    firstboots,
    imports,
    jobs,
    prestaging,
    pruning,
    stalls,
    strangers,
)
from provisioning.database import Database
from provisioning.doctor import examination
from provisioning.editing import Manifests
from provisioning.munki import opened
from provisioning.policy import PolicyFile
from rollcall.settings import ClerkSettings


def works(settings: ClerkSettings, database: Database, slack: WebClient) -> Mapping[str, Work]:
    """Return how jobs are done, by what they are called."""
    policy = PolicyFile(settings.policy)
    token, api_url = settings.bot_token.get_secret_value(), str(settings.api_url)
    fetch = partial(downloads.fetch, token=token, api_url=api_url)
    repo = opened(settings.munki_repo, settings.repo_copy)
    firstboot = firstboots.opened(settings, database, repo, policy=policy)
    return {
        imports.READ_SOURCE: Reader(database, repo, fetch),
        prestaging.PRESTAGE: Prestaging(firstboot, channel=settings.channel),
        FINISH_STEP: Steps(slack),
        jobs.STATISTICS: kinds.Statistics(database, policy),
        jobs.EXPORT: kinds.Export(database),
        jobs.RESTORE: Restoring(Manifests(database, repo.store), channel=settings.channel),
        jobs.CHECKUP: kinds.Checkup(examination(settings, database, repo)),
    }


def rounds(settings: ClerkSettings) -> Sequence[Round]:
    """Return what is looked after every ten seconds."""
    file = policies.watched(settings.policy)

    def notice_stalls(session: Session, now: datetime) -> None:
        stalls.notice(session, file.policy, channel=settings.channel, now=now)

    def owe_digests(session: Session, now: datetime) -> None:
        digests.owe_daily(
            session, file.policy, channel=settings.channel, command=settings.command, now=now
        )

    def owe_prestaging(session: Session, now: datetime) -> None:
        prestaging.owe(session, file.policy, now)

    return [
        clocks.set_right,
        notice_stalls,
        owe_digests,
        owe_prestaging,
        benches.close_expired,
        strangers.settle_known,
        pruning.prune_documents,
        pruning.prune_daily,
    ]
