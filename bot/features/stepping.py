"""The step of Slack's workflows: registers Macs for whom the workflow names."""

from typing import Any

from slack_bolt import App
from slack_bolt.context.context import BoltContext

from bot.blocks import imports as blocks
from bot.dependencies import Asker, Dependencies
from bot.features.importing import Importing
from bot.grammar import Misunderstood
from bot.steps import FINISH_STEP, success
from provisioning import approvals, imports, jobs, notifications
from provisioning.approvals import Registered
from provisioning.intake import typed
from provisioning.places import Places

STEP = "register_macs_step"  # as the Slack app calls it


def attach(app: App, dependencies: Dependencies) -> None:
    """Do the step when a workflow comes to it; the clerk tells Slack how it ended."""
    stepping = Stepping(dependencies)

    def executed(inputs: dict[str, Any], context: BoltContext) -> None:
        """Register what the workflow hands over."""
        stepping.register(inputs, str(context.function_execution_id))

    app.function(STEP)(executed)


class Stepping:
    """Registers for a workflow. Raises RollcallError, having done nothing."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._importing = Importing(dependencies)

    def register(self, inputs: dict[str, Any], execution: str) -> None:
        """Register what is ready, once for each execution; nobody is asked about the rest."""
        dependencies = self._dependencies
        asker = Asker(str(inputs.get("person") or ""), "workflow")
        dependencies.members.admit(asker.user)
        to = dependencies.repo.destination(
            str(inputs.get("site") or ""), str(inputs.get("build") or "")
        )
        dependencies.permit(asker, to.site)
        places = Places(dependencies.repo)
        text = str(inputs.get("serials") or "")
        reading = typed.read_list(text, places.sites, places.builds)
        if not reading.entries:
            raise Misunderstood("There is no serial in what the workflow handed over")
        how = self._importing.handed_in(
            asker, site=to.site, build=to.build, once=f"step:{execution}"
        )
        with dependencies.acting("registered", asker, at=how.at) as (session, act):
            one = imports.keep(session, reading, how)
            if one is None:  # Slack tells of it again
                session.delete(act)
                return
            dry = imports.sort(session, one, places)
            dependencies.permit(asker, *approvals.sites_of(dry, ()))
            came = Registered(0, 0, ())
            if approvals.chosen(dry, ()):
                came = approvals.register(
                    session, one, dry, act=act, channel_of=dependencies.channel_of
                )
            else:
                imports.settle(session, one, dry, by=asker.user, at=how.at)
            jobs.owe(session, FINISH_STEP, success(execution, came.new + came.moved), at=how.at)
            told = blocks.registered(came, one, act).text
            notifications.owe_news(session, channel=asker.user, sentence=told, at=how.at)
