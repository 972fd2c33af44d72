"""The listener of the doctor's command: it lists what an admin has to fix."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.commands.dispatch import Dispatcher
from bot.commands.models import DoctorCommand
from bot.dependencies import BotDependencies, Requester
from bot.monitoring import digest_blocks
from bot.slack.markup import Message, escape, macs, moment
from infrastructure.jobs import queue
from provisioning.diagnostics import CHECKUP, absences, backlog, policy_findings, shortened
from provisioning.outbox.doubts import LATE
from provisioning.outbox.refused_messages import refused_messages

MOST_REASONS = 10


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command."""

    def doctor(_: DoctorCommand, requester: Requester) -> Message:
        dependencies.permit_admin(requester, "see what is to be fixed")
        with dependencies.database.begin() as session:
            queue.enqueue(session, CHECKUP, {"by": requester.user}, at=dependencies.clock())
        policy = policy_findings(dependencies.policy, dependencies.repo)
        with dependencies.database.reading() as session:
            findings = [
                *(escape(line) for line in shortened(policy)),
                *_messages(session, dependencies),
                *_refusals(session, dependencies),
                *(escape(str(finding)) for finding in absences(session)),
            ]
        return digest_blocks.findings(findings)

    dispatcher.handle(DoctorCommand, doctor)


def _messages(session: Session, dependencies: BotDependencies) -> list[str]:
    """Findings about messages that Slack did not take, and about unknown Macs."""
    findings = [
        f"Slack refused {each.number} {'message' if each.number == 1 else 'messages'} for "
        f"{_channel(each.channel)} ({escape(each.reason)}). Fix that, then run `boot.sh resend`."
        for each in refused_messages(session)[:MOST_REASONS]
    ]
    since = backlog.owed_since(session, dependencies.clock())
    if since is not None and dependencies.clock() - since > timedelta(minutes=5):
        findings.append(
            f"Slack is owed messages since {moment(since)}. Is the relay running "
            "(`boot.sh relay`), and is Slack up?"
        )
    total, first = backlog.in_doubt(session, dependencies.clock())
    if first is not None and dependencies.clock() - first > timedelta(minutes=1):
        findings.append(
            f"Slack has not answered {total} {'message' if total == 1 else 'messages'}, the first "
            f"of them at {moment(first)}. It may take them yet: each is looked for, and sent again "
            f"after {LATE // timedelta(minutes=1)} minutes if it is not there. Is Slack slow, or a "
            "proxy?"
        )
    if unknown_macs := backlog.strangers(session):
        findings.append(
            f"{macs(unknown_macs)} booted and nobody registered "
            f"{'it' if unknown_macs == 1 else 'them'}: "
            f"`{dependencies.command} digest` shows the newest."
        )
    return findings


def _refusals(session: Session, dependencies: BotDependencies) -> list[str]:
    """Findings about clients that the Macs' door refused often."""
    return [
        f"{escape(refusal.address)} was refused {refusal.total} times, last at "
        f"{moment(refusal.last_at)}: {escape(refusal.why)}. If Macs of yours are there, their "
        "workflow or report address has an old key: `boot.sh credentials list`."
        for refusal in backlog.refused(session, dependencies.clock())
    ]


def _channel(channel: str) -> str:
    return f"<@{channel}>" if channel.startswith(("U", "W")) else f"<#{channel}>"
