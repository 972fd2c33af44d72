"""The doctor's checks of Slack, for processes and commands with a token for it."""

from typing import TYPE_CHECKING

# Nothing of Slack's here: a server that speaks no Slack carries none of it.
if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.diagnostics.jobs import CheckupJob
    from infrastructure.findings import Finding
    from rollcall.application import Application


def app_findings(slack: "WebClient") -> "list[Finding]":
    """Return findings about the installed app. Raises nothing."""
    from bot.diagnostics import scopes

    return scopes.missing(slack)


def block_findings(application: "Application") -> "list[Finding]":
    """Return the faults that Slack finds in our messages. Raises UnusablePolicy."""
    from bot.delivery import validation
    from infrastructure.execution.loop import utc_now

    kinds = application.policy.policy.munki.layout.kinds
    return validation.findings(application.slack_client, application.database, utc_now(), kinds)


def job(application: "Application") -> "CheckupJob":
    """Return the job that examines everything for a person in Slack."""
    from bot.diagnostics.jobs import CheckupJob

    return CheckupJob(application.examination, lambda: block_findings(application))
