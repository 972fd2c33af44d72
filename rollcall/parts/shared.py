"""The parts of a process that its other parts share, made of its settings.

Each part is built, and its modules imported, at the first use: so a process loads only what it
runs, and the process that only starts the web server's workers loads none of it.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

import structlog

from rollcall.parts.waits import Waits
from rollcall.settings import (
    JobsSettings,
    PolicySettings,
    PublishedSettings,
    RepoSettings,
    ServerSettings,
    Settings,
    SlackSettings,
    without_login,
)

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from infrastructure.database.engine import Database
    from infrastructure.findings import Finding
    from provisioning.diagnostics import Examination
    from provisioning.firstboot.service import FirstBootService
    from provisioning.monitoring.metrics.tallies import Tallies
    from provisioning.munki import MunkiRepo
    from provisioning.munki.editing import ManifestEditor
    from provisioning.policy import PolicyFile, UnusablePolicy

log = structlog.get_logger()

Kind = TypeVar("Kind", bound=Settings)


class SharedParts:
    """The parts that a process may share with its other parts; each is one object.

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
            app=self._app_findings if self._has(SlackSettings) else list,
            sends_mail=settings.smtp_url is not None,
        )

    @cached_property
    def slack_client(self) -> "WebClient":
        """The client of Slack's Web API."""
        from bot.slack.web.client import client

        settings = self._of(SlackSettings)
        return client(settings.bot_token.get_secret_value(), str(settings.api_url))

    def _app_findings(self) -> "list[Finding]":
        """Return findings about the installed app. Raises nothing."""
        from bot.diagnostics import scopes

        return scopes.missing(self.slack_client)

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
