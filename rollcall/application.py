"""The composition root: the parts of a process, made of its settings.

Each part is built, and its modules imported, at the first use: so a process loads only what it
runs, and the process that only starts the web server's workers loads none of it.
"""

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self, TypeVar

import structlog

from rollcall.parts.waits import Waits
from rollcall.settings import (
    BotSettings,
    JobsSettings,
    PolicySettings,
    PublishedSettings,
    RepoSettings,
    ServerSettings,
    Settings,
    SlackSettings,
    UnusableSettings,
    without_login,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Flask
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.dependencies import BotDependencies
    from infrastructure.database.engine import Database
    from infrastructure.jobs.runner import JobHandler, PeriodicTask
    from provisioning.diagnostics import Examination
    from provisioning.firstboot.service import FirstBootService
    from provisioning.monitoring.metrics.tallies import Tallies
    from provisioning.munki import MunkiRepo
    from provisioning.munki.editing import ManifestEditor
    from provisioning.policy import PolicyFile, UnusablePolicy
    from rollcall.parts.machines import Machines
    from server.request_log import Defer

log = structlog.get_logger()

Kind = TypeVar("Kind", bound=Settings)


class Application:
    """The parts of one process; each part is one object.

    `settings` are those of the process. `role` is its name in the database. `clock`, in seconds,
    times the rate limit. A test passes an open `database`.
    """

    def __init__(
        self,
        *settings: Settings,
        role: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        database: "Database | None" = None,
    ) -> None:
        self._settings, self.role, self._clock = settings, role, clock
        self._waits = Waits(settings, is_command=not role)
        if database is not None:
            self.database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def database(self) -> "Database":
        """The database of ROLLCALL_DATABASE_URL."""
        import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
        from infrastructure.database.engine import COMMAND, Database

        url = self._of(Settings).connection_url
        return Database(url, self.role or COMMAND, self._waits.patience())

    @cached_property
    def tallies(self) -> "Tallies":
        """The counts of this process for Prometheus; commands count nothing."""
        from provisioning.monitoring.metrics.tallies import NoTallies, Tallies

        return Tallies(self.database) if self.role else NoTallies()

    @cached_property
    def repo(self) -> "MunkiRepo":
        """The Munki repo, which is not opened before its use. Raises UnusablePlace."""
        from provisioning.munki import opened

        settings = self._of(RepoSettings)
        table = self.policy.policy.munki
        return opened(
            settings.munki_repo,
            settings.repo_copy,
            root=table.root,
            layout=lambda: self.policy.policy.munki.layout,
            note=self.tallies.repo_call if self.role else None,
            patience=self._waits.patience(),
        )

    @cached_property
    def policy(self) -> "PolicyFile":
        """The policy file; later faults of it are logged. Raises UnusablePolicy."""
        from provisioning.policy import PolicyFile

        return PolicyFile(self._of(PolicySettings).policy, tell=_log_fault)

    @cached_property
    def channel(self) -> str:
        """The id of the main Slack channel."""
        return self._of(RepoSettings).channel

    @cached_property
    def command(self) -> str:
        """The name of the slash command."""
        return self._of(RepoSettings).command

    @cached_property
    def manifests(self) -> "ManifestEditor":
        """The manifests as people edit them, with all their revisions."""
        from provisioning.munki.editing import ManifestEditor

        return ManifestEditor(self.database, self.repo.store)

    @cached_property
    def firstboot(self) -> "FirstBootService":
        """The service that provisions Macs.

        A server sends no message about a Mac that calls again while its script's token is valid;
        the job runner, which prestages, never sends a second one.
        """
        from provisioning.firstboot.service import FirstBootService
        from provisioning.munki import published_repo

        settings, server = self._of(PublishedSettings), self._has(ServerSettings)
        authorization = settings.repo_authorization
        return FirstBootService(
            self.database,
            self.repo,
            channel=self.channel,
            suppress_window=server.token_lifetime if server else timedelta.max,
            published=published_repo(
                without_login(settings.repo_url),
                authorization.get_secret_value() if authorization else None,
            ),
            published_timeout=timedelta(seconds=settings.repo_patience),
            policy=self.policy,
            count=self.tallies,
        )

    @cached_property
    def examination(self) -> "Examination":
        """The objects that the doctor examines: fewer in the job runner than in a server.

        Raises UnusablePolicy.
        """
        from provisioning.diagnostics import Examination, installation
        from rollcall.parts.checkup import app_findings

        settings, server = self._of(PublishedSettings), self._has(ServerSettings)
        return Examination(
            self.repo,
            self.database,
            url=without_login((server or self._of(JobsSettings)).url),
            installation=installation(server.secret_key.get_secret_value()) if server else None,
            repo_url=without_login(settings.repo_url),
            logins=settings.exposed_logins,
            templates=server.templates if server else None,
            command=self.command,
            policy_file=self.policy,
            app=partial(app_findings, self.slack_client) if self._has(SlackSettings) else list,
            sends_mail=settings.smtp_url is not None,
        )

    @cached_property
    def machines(self) -> "Machines":
        """The parts of the HTTP server alone."""
        from rollcall.parts.machines import Machines

        return Machines(self, self._of(ServerSettings), self._clock)

    @cached_property
    def slack_client(self) -> "WebClient":
        """The client of Slack's Web API."""
        from bot.slack.web.client import client

        settings = self._of(SlackSettings)
        return client(settings.bot_token.get_secret_value(), str(settings.api_url))

    @cached_property
    def bot_dependencies(self) -> "BotDependencies":
        """The parts of the Slack door."""
        from bot.dependencies import BotDependencies
        from bot.slack.users import SlackUsers
        from provisioning.diagnostics.previews.previewer import Previewer
        from rollcall import version

        settings = self._of(BotSettings)
        return BotDependencies(
            self.database,
            self.repo,
            channel=self.channel,
            command=self.command,
            policy=self.policy,
            members=SlackUsers(self.slack_client),
            previewer=Previewer.of_bot(
                self.repo,
                url=str(settings.url) if settings.url else None,
                templates=settings.templates,
            ),
            version=version.current(),
            board_origin=settings.board_origin,
            sends_mail=settings.smtp_url is not None and settings.board_origin is not None,
        )

    @cached_property
    def bolt_app(self) -> "App":
        """The Bolt app, for HTTP and for Socket Mode."""
        from bot.app import create_app

        return create_app(self.bot_dependencies, self.slack_client)

    def web_app(
        self,
        *,
        later: "Defer | None" = None,
        wanted_parts: Collection[str] = (),
    ) -> "Flask":
        """Return the WSGI application, with Slack's route where there are settings of the bot.

        `later` and `wanted_parts` are as `server.app.create_app` takes them. Raises UnusablePolicy,
        and UnusableSettings where there is no signing secret.
        """
        app = self.machines.web_app(later, wanted_parts)
        if bot := self._has(BotSettings):
            from rollcall.parts.slack_requests import Signatures, add_slack

            if bot.signing_secret is None:
                words = "SLACK_SIGNING_SECRET is not set: anybody could pass for Slack."
                raise UnusableSettings(words)
            secret = bot.signing_secret.get_secret_value()
            add_slack(app, self.bolt_app, Signatures(secret, self.machines.guard()))
        return app

    @cached_property
    def job_handlers(self) -> "Mapping[str, JobHandler]":
        """The handlers of the job runner, by the kind of job."""
        from rollcall.parts import jobs

        return jobs.job_handlers(self, self._of(JobsSettings))

    @cached_property
    def periodic_tasks(self) -> "Sequence[PeriodicTask]":
        """The periodic tasks of the job runner."""
        from rollcall.parts import jobs

        return jobs.periodic_tasks(self)

    def _of(self, kind: type[Kind]) -> Kind:
        """Return the settings of a kind. Raises LookupError where this process has none."""
        settings = self._has(kind)
        if settings is None:
            raise LookupError(f"this process has no {kind.__name__}")
        return settings

    def _has(self, kind: type[Kind]) -> Kind | None:
        return next((settings for settings in self._settings if isinstance(settings, kind)), None)


def _log_fault(fault: "UnusablePolicy | None") -> None:
    if fault is not None:
        log.error("policy file", reason=str(fault))
