"""The listener of the doctor's command: it lists what an admin needs to fix."""

import re
from collections.abc import Sequence

from bot.commands.dispatch import Dispatcher
from bot.commands.models import DoctorCommand
from bot.slack.markup import Message, mention, posted
from infrastructure.findings import Finding, shortened
from infrastructure.jobs import queue
from infrastructure.text import Sentence
from provisioning.diagnostics import CHECKUP, absences, backlog_findings, policy_findings
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _, marked, ngettext
from provisioning.values.slack import escape

LOOKING = marked(
    "The Munki repo, the addresses and the clocks are being checked; the result comes as a message."
)
_ADDRESSEE = re.compile(r"\b(?:channel ([CDG][A-Z0-9]+)|person ([UW][A-Z0-9]+))\b")


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command."""
    dependencies = dispatcher.dependencies

    def doctor(__: DoctorCommand, principal: Principal) -> Message:
        principal.permit_admin(Sentence("see what is to be fixed"))
        now = principal.at
        with dependencies.database.begin() as session:
            queue.enqueue(session, CHECKUP, {"by": principal.actor.by}, at=now)
        policy = policy_findings(dependencies.policy, dependencies.repo)
        with dependencies.database.reading() as session:
            findings = [
                *backlog_findings(session, now, dependencies.command, dependencies.policy.policy),
                *absences(session),
            ]
        return answer([*map(escape, shortened(policy)), *(_line(finding) for finding in findings)])

    dispatcher.handle(DoctorCommand, doctor)


def answer(lines: Sequence[str]) -> Message:
    """Return the doctor's first findings, each with its fix; a job looks for the rest."""
    if not lines:
        sentence = f"{_('Nothing to fix.')} {_(LOOKING)}"
        return Message(sentence, posted([sentence]))
    head = ngettext("{number} thing to fix", "{number} things to fix", len(lines))
    return Message(head, posted([head, *(f"• {line}" for line in lines), _(LOOKING)]))


def _line(finding: Finding) -> str:
    """A finding as markup: channels and people are links, and commands of the fix are code."""
    fact = _ADDRESSEE.sub(lambda match: mention(match[1] or match[2]), escape(finding.message))
    return f"{fact} {finding.fix}"
