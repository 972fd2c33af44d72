"""The listener of the doctor's command: it lists what an admin has to fix."""

import re

from bot.commands.dispatch import Dispatcher
from bot.commands.models import DoctorCommand
from bot.dependencies import BotDependencies, Requester
from bot.monitoring import digest_blocks
from bot.slack.markup import Message, escape, mention
from infrastructure.jobs import queue
from provisioning.diagnostics import (
    CHECKUP,
    Finding,
    absences,
    backlog_findings,
    policy_findings,
    shortened,
)

_ADDRESSEE = re.compile(r"\b(?:channel ([CDG][A-Z0-9]+)|person ([UW][A-Z0-9]+))\b")


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command."""

    def doctor(_: DoctorCommand, requester: Requester) -> Message:
        dependencies.permit_admin(requester, "see what is to be fixed")
        now = dependencies.clock()
        with dependencies.database.begin() as session:
            queue.enqueue(session, CHECKUP, {"by": requester.user}, at=now)
        policy = policy_findings(dependencies.policy, dependencies.repo)
        with dependencies.database.reading() as session:
            findings = [
                *backlog_findings(session, now, dependencies.command),
                *absences(session),
            ]
        return digest_blocks.findings(
            [*map(escape, shortened(policy)), *(_line(finding) for finding in findings)]
        )

    dispatcher.handle(DoctorCommand, doctor)


def _line(finding: Finding) -> str:
    """A finding as markup: channels and people are links, and commands of the fix are code."""
    fact = _ADDRESSEE.sub(lambda match: mention(match[1] or match[2]), escape(finding.message))
    return f"{fact} {finding.fix}"
