"""The handlers of jobs, and the periodic tasks, that the job runner of Rollcall has."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.firstboot.prestage_jobs import PrestageJob
from bot.firstboot.replacement_jobs import ReplacementJob
from bot.firstboot.twin_jobs import CarryOverJob
from bot.imports.finish_step import FINISH_STEP, FinishStepJob
from bot.imports.jobs import ReadSourceJob
from bot.monitoring.drift_jobs import PutBackJob
from bot.monitoring.jobs import ExportJob, StatisticsJob
from bot.registrations.manifest_history import RestoreJob
from bot.slack.web import downloads
from infrastructure.heartbeats import store
from infrastructure.jobs import schedule
from infrastructure.jobs.runner import JobHandler, PeriodicTask
from provisioning.access import exposures
from provisioning.access.accounts import screens, sessions
from provisioning.clients.installapplications import promises
from provisioning.diagnostics import CHECKUP
from provisioning.firstboot import benches, prestage, stalls, unknown
from provisioning.firstboot.decisions.carrying import TwinManifests
from provisioning.firstboot.decisions.twins import CARRY_OVER
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.manifests import ReplacedManifests
from provisioning.imports import lifecycle, reading, sources
from provisioning.maintenance import clock_correction
from provisioning.maintenance.retention import documents
from provisioning.maintenance.retention import job as retention
from provisioning.monitoring import digest
from provisioning.monitoring.drift import scans
from provisioning.monitoring.drift.models import PUT_BACK
from provisioning.monitoring.mail import choices
from provisioning.monitoring.statistics import STATISTICS
from provisioning.munki.editing import RESTORE_JOB
from provisioning.registrations import serial_index
from provisioning.registrations.listings.export import EXPORT
from rollcall.parts import checkup
from rollcall.parts.shared import SharedParts

if TYPE_CHECKING:
    from rollcall.settings import JobsSettings

DAILY = timedelta(days=1)


def job_handlers(shared: SharedParts, settings: "JobsSettings") -> Mapping[str, JobHandler]:
    """Return the jobs by their kind."""
    database, repo, policy = shared.database, shared.repo, shared.policy
    slack, channel = shared.slack_client, shared.channel
    token, api_url = settings.bot_token.get_secret_value(), str(settings.api_url)
    fetch = partial(downloads.fetch, token=token, api_url=api_url)
    return {
        reading.READ_SOURCE: ReadSourceJob(
            database, repo, fetch, partial(downloads.look_up, slack)
        ),
        prestage.PRESTAGE: PrestageJob(shared.firstboot, channel=channel),
        replacing.MANIFESTS: ReplacementJob(ReplacedManifests(database, repo)),
        CARRY_OVER: CarryOverJob(TwinManifests(database, repo)),
        FINISH_STEP: FinishStepJob(slack),
        STATISTICS: StatisticsJob(database, policy),
        EXPORT: ExportJob(database),
        RESTORE_JOB: RestoreJob(shared.manifests, channel=channel),
        CHECKUP: checkup.job(shared),
        scans.SCAN: scans.ScanJob(database, repo),
        scans.SCAN_PAGE: scans.ScanPageJob(database, repo),
        PUT_BACK: PutBackJob(database, repo, policy),
        retention.RETENTION: retention.RetentionJob(database, settings.keeping),
    }


def periodic_tasks(shared: SharedParts) -> Sequence[PeriodicTask]:
    """Return the periodic tasks, in their order; each runs every ten seconds."""
    policy, channel, command = shared.policy, shared.channel, shared.command

    def notice_stalls(session: Session, now: datetime) -> None:
        stalls.notice(session, policy.policy, channel=channel, now=now)

    def enqueue_digests(session: Session, now: datetime) -> None:
        digest.enqueue_daily(session, policy.policy, channel=channel, command=command, now=now)

    def scan_for_drift(session: Session, now: datetime) -> None:
        scans.watch(session, policy, channel=channel, now=now)

    def enqueue_prestaging(session: Session, now: datetime) -> None:
        prestage.enqueue(session, policy.policy, now)

    return [
        clock_correction.set_right,
        notice_stalls,
        enqueue_digests,
        enqueue_prestaging,
        scan_for_drift,
        benches.close_expired,
        lifecycle.end_abandoned,
        unknown.settle_known,
        replacing.enqueue_comparing,
        documents.prune,
        sources.prune,
        serial_index.follow,
        prune_daily,
    ]


def prune_daily(session: Session, now: datetime) -> None:
    """Delete the few rows that are out of date, and enqueue the deletion of many; once a day."""
    if now - schedule.lock_last_run(session, "pruning", now) < DAILY:
        return
    schedule.note(session, "pruning", now)
    promises.forget(session, now)
    exposures.forget(session, now)
    store.prune(session)
    sessions.prune(session, now)
    choices.prune(session, now)
    screens.prune(session, now)
    retention.enqueue(session, now)
