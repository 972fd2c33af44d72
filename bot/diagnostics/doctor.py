"""What an admin has to fix, each thing with its fix."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.commands.dispatch import Dispatcher
from bot.commands.models import DoctorCommand
from bot.dependencies import BotDependencies, Requester
from bot.monitoring import digest_blocks as shown
from bot.slack.markup import Message, escape, macs, moment
from infrastructure.jobs import queue
from provisioning.diagnostics import CHECKUP, absences, backlog
from provisioning.munki.errors import RepoUnusable
from provisioning.outbox.doubts import LATE
from provisioning.policy import check
from provisioning.registrations.models import CANCELLED, CONFIRMED, FAILED, IMAGING, WAITING

STATES = (WAITING, IMAGING, CONFIRMED, FAILED, CANCELLED)


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command."""

    def doctor(_: DoctorCommand, asker: Requester) -> Message:
        dependencies.permit_admin(asker, "see what is to be fixed")
        with dependencies.database.begin() as session:
            queue.enqueue(session, CHECKUP, {"by": asker.user}, at=dependencies.clock())
        with dependencies.database.reading() as session:
            found = [
                *_policy(dependencies),
                *_messages(session, dependencies),
                *_refusals(session, dependencies),
                *(escape(str(finding)) for finding in absences(session)),
            ]
        return shown.findings(found)

    dispatcher.handle(DoctorCommand, doctor)


def _policy(dependencies: BotDependencies) -> list[str]:
    """What is odd about the policy file, beside the repo."""
    policy, fault = dependencies.policy.policy, dependencies.policy.fault
    found = [f"The policy file: {escape(str(fault))}"] if fault else []
    try:
        names = dependencies.repo.sites(), dependencies.repo.builds()
    except RepoUnusable as error:
        return [*found, escape(str(error))]
    return [*found, *(f"Policy: {escape(line)}" for line in check(policy, *names, states=STATES))]


def _messages(session: Session, dependencies: BotDependencies) -> list[str]:
    """What Slack was not told."""
    found = [
        f"Slack refused {total} {'message' if total == 1 else 'messages'} for {_channel(where)} "
        f"({escape(reason)}). Fix that, then run `boot.sh resend`."
        for where, reason, total in backlog.parked(session)
    ]
    since = backlog.owed_since(session, dependencies.clock())
    if since is not None and dependencies.clock() - since > timedelta(minutes=5):
        found.append(
            f"Slack is owed messages since {moment(since)}. Is the relay running "
            "(`boot.sh relay`), and is Slack up?"
        )
    total, first = backlog.in_doubt(session, dependencies.clock())
    if first is not None and dependencies.clock() - first > timedelta(minutes=1):
        found.append(
            f"Slack has not answered {total} {'message' if total == 1 else 'messages'}, the first "
            f"of them at {moment(first)}. It may take them yet: each is looked for, and sent again "
            f"after {LATE // timedelta(minutes=1)} minutes if it is not there. Is Slack slow, or a "
            "proxy?"
        )
    if strangers := backlog.strangers(session):
        found.append(
            f"{macs(strangers)} booted and nobody registered {'it' if strangers == 1 else 'them'}: "
            f"`{dependencies.command} digest` shows the newest."
        )
    return found


def _refusals(session: Session, dependencies: BotDependencies) -> list[str]:
    """Who knocked in vain at the Macs' door, over and over."""
    return [
        f"{escape(each.address)} was refused {each.total} times, last at {moment(each.last_at)}: "
        f"{escape(each.why)}. If Macs of yours are there, their workflow or report address has an "
        "old key: `boot.sh credentials list`."
        for each in backlog.refused(session, dependencies.clock())
    ]


def _channel(where: str) -> str:
    return f"<@{where}>" if where.startswith(("U", "W")) else f"<#{where}>"
