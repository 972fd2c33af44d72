"""The doctor's checks of Slack, for processes and commands with a token for it."""

from typing import TYPE_CHECKING

from rollcall.parts.shared import SharedParts

# Nothing of Slack's here: a server that speaks no Slack carries none of it.
if TYPE_CHECKING:
    from bot.diagnostics.jobs import CheckupJob
    from infrastructure.findings import Finding


def block_findings(shared: SharedParts) -> "list[Finding]":
    """Return the faults that Slack finds in our messages. Raises UnusablePolicy."""
    from bot.delivery import validation
    from infrastructure.execution.loop import utc_now

    kinds = shared.policy.policy.munki.layout.kinds
    return validation.findings(shared.slack_client, shared.database, utc_now(), kinds)


def job(shared: SharedParts) -> "CheckupJob":
    """Return the job that examines everything for a person in Slack."""
    from bot.diagnostics.jobs import CheckupJob

    return CheckupJob(shared.examination, lambda: block_findings(shared))
