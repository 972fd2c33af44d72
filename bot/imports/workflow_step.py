"""The step of Slack's workflows: registers Macs for whom the workflow names."""

from typing import Any

from slack_bolt import App
from slack_bolt.context.context import BoltContext

from bot.commands.words import Misunderstood
from bot.dependencies import BotDependencies, Requester
from bot.imports import blocks
from bot.imports.finish_step import FINISH_STEP, success
from bot.imports.imports import ImportActions
from infrastructure.jobs import queue
from provisioning.imports import approval, batches
from provisioning.imports.approval import Registered
from provisioning.imports.parsing import typed
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox

STEP = "register_macs_step"  # as the Slack app calls it


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Do the step when a workflow comes to it; the job runner tells Slack how it ended."""
    stepping = WorkflowStep(dependencies)

    def executed(inputs: dict[str, Any], context: BoltContext) -> None:
        """Register what the workflow hands over."""
        stepping.register(inputs, str(context.function_execution_id))

    app.function(STEP)(executed)


class WorkflowStep:
    """Registers for a workflow. Raises RollcallError, having done nothing."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies
        self._importing = ImportActions(dependencies)

    def register(self, inputs: dict[str, Any], execution: str) -> None:
        """Register what is ready, once for each execution; nobody is asked about the rest."""
        dependencies = self._dependencies
        asker = Requester(str(inputs.get("person") or ""), "workflow")
        dependencies.members.admit(asker.user)
        to = dependencies.repo.destination(
            str(inputs.get("site") or ""), str(inputs.get("build") or "")
        )
        dependencies.permit(asker, to.site)
        places = DestinationIndex(dependencies.repo)
        text = str(inputs.get("serials") or "")
        reading = typed.read_list(text, places.sites, places.builds)
        if not reading.entries:
            raise Misunderstood("There is no serial in what the workflow handed over")
        how = self._importing.submission(
            asker, site=to.site, build=to.build, once=f"step:{execution}"
        )
        with dependencies.acting("registered", asker, at=how.at) as (session, act):
            one = batches.keep(session, reading, how)
            if one is None:  # Slack tells of it again
                session.delete(act)
                return
            dry = batches.sort(session, one, places)
            dependencies.permit(asker, *approval.sites_of(dry, ()))
            came = Registered(0, 0, ())
            if approval.chosen(dry, ()):
                came = approval.register(
                    session, one, dry, act=act, channel_of=dependencies.channel_of
                )
            else:
                batches.settle(session, one, dry, by=asker.user, at=how.at)
            queue.enqueue(
                session, FINISH_STEP, success(execution, came.new + came.moved), at=how.at
            )
            told = blocks.registered(came, one, act).text
            outbox.enqueue_news(session, channel=asker.user, sentence=told, at=how.at)
