"""What the clerk does: the kinds of jobs there are, and what is looked after in every round."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
    exposures,
    firstboots,
    imports,
    looks,
    prestaging,
    promises,
    pruning,
    stalls,
    strangers,
)
from provisioning.database import Database
from provisioning.doctor import CHECKUP, examination
from provisioning.editing import RESTORE, Manifests
from provisioning.exports import EXPORT
from provisioning.monitoring import heartbeats
from provisioning.munki import opened
from provisioning.policy import PolicyFile
from provisioning.settings import ClerkSettings
from provisioning.statistics import STATISTICS

DAILY = timedelta(days=1)


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
        STATISTICS: kinds.Statistics(database, policy),
        EXPORT: kinds.Export(database),
        RESTORE: Restoring(Manifests(database, repo.store), channel=settings.channel),
        CHECKUP: kinds.Checkup(examination(settings, database, repo)),
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
        prune_daily,
    ]


def prune_daily(session: Session, now: datetime) -> None:
    """Have each feature delete what nobody asks for any more; once a day, by one clerk.

    Registrations and their events are kept for ever.
    """
    if now - looks.take_turn(session, "pruning", now) < DAILY:
        return
    looks.note(session, "pruning", now)
    promises.forget(session, now)
    exposures.forget(session, now)
    heartbeats.prune(session)
    pruning.prune(session, now)
    imports.prune(session, now)
