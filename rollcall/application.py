"""The composition root: the parts of a process, made of its settings."""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from rollcall.parts.shared import SharedParts
from rollcall.settings import BotSettings, JobsSettings, ServerSettings, UnusableSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Flask
    from slack_bolt import App

    from bot.dependencies import BotDependencies
    from infrastructure.jobs.runner import JobHandler, PeriodicTask
    from rollcall.parts.machines import Machines
    from server.request_log import Defer


class Application(SharedParts):
    """The parts of one process; each part is one object."""

    @cached_property
    def machines(self) -> "Machines":
        """The parts of the HTTP server alone."""
        from rollcall.parts.machines import Machines

        return Machines(self, self._of(ServerSettings), self._clock)

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
        self, *, later: "Defer | None" = None, wanted_parts: Collection[str] = ()
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
