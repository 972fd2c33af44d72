"""What the clerk does: the kinds of jobs there are, and what is looked after in every round."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from slack_sdk import WebClient
from sqlalchemy.orm import Session

from bot import works as kinds
from bot.clerk import Round, Work
from bot.prestaging import Prestaging
from bot.readers import Fetch, Reader
from bot.restoring import Restoring
from bot.steps import FINISH_STEP, Steps
from provisioning import (
    benches,
    clocks,
    digests,
    exposures,
    imports,
    looks,
    prestaging,
    promises,
    pruning,
    stalls,
    strangers,
)
from provisioning.database import Database
from provisioning.doctor import CHECKUP, Examination
from provisioning.editing import RESTORE, Manifests
from provisioning.exports import EXPORT
from provisioning.firstboots import FirstBoot
from provisioning.monitoring import heartbeats
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile
from provisioning.statistics import STATISTICS

DAILY = timedelta(days=1)


def works(
    database: Database,
    repo: MunkiRepo,
    *,
    policy: PolicyFile,
    firstboot: FirstBoot,
    examination: Examination,
    slack: WebClient,
    fetch: Fetch,
    channel: str,
) -> Mapping[str, Work]:
    """Return how jobs are done, by what they are called.

    `fetch` gets a file from Slack; `channel` hears of what nobody asked for.
    """
    return {
        imports.READ_SOURCE: Reader(database, repo, fetch),
        prestaging.PRESTAGE: Prestaging(firstboot, channel=channel),
        FINISH_STEP: Steps(slack),
        STATISTICS: kinds.Statistics(database, policy),
        EXPORT: kinds.Export(database),
        RESTORE: Restoring(Manifests(database, repo.store), channel=channel),
        CHECKUP: kinds.Checkup(examination),
    }


def rounds(policy: PolicyFile, *, channel: str, command: str) -> Sequence[Round]:
    """Return what is looked after every ten seconds."""

    def notice_stalls(session: Session, now: datetime) -> None:
        stalls.notice(session, policy.policy, channel=channel, now=now)

    def owe_digests(session: Session, now: datetime) -> None:
        digests.owe_daily(session, policy.policy, channel=channel, command=command, now=now)

    def owe_prestaging(session: Session, now: datetime) -> None:
        prestaging.owe(session, policy.policy, now)

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
