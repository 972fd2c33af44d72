"""The step of Slack's workflows that registers Macs for the person that a workflow names."""

from contextlib import suppress
from typing import Any

from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import Dispatcher
from bot.commands.parsing.words import Misunderstood
from bot.dependencies import BotDependencies
from bot.imports import import_blocks
from bot.imports.finish_step import FINISH_STEP, success
from infrastructure.jobs import queue
from provisioning.imports import approval, lifecycle
from provisioning.imports.lifecycle import AlreadyKept, Submission
from provisioning.imports.parsing import free_text
from provisioning.maintenance.acts.actors import acting
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox

STEP = "register_macs_step"  # as the Slack app calls it


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the step of a workflow; a job tells Slack its end."""
    dependencies = dispatcher.dependencies

    def executed(inputs: dict[str, Any], context: BoltContext) -> None:
        """Register the serials that the workflow hands over."""
        _register(dependencies, inputs, str(context.function_execution_id))

    dispatcher.app.function(STEP)(executed)


def _register(dependencies: BotDependencies, inputs: dict[str, Any], execution: str) -> None:
    """Register the ready rows, once for each execution; the rest is left out.

    Raises RollcallError, having done nothing.
    """
    repo = dependencies.repo.now()
    for name in ("person", *repo.layout.kinds.names):
        if not _input(inputs, name):
            raise Misunderstood("The workflow sent nothing as {name}", name=repr(name))
    principal = dependencies.principal(_input(inputs, "person").strip("<@>"), "workflow")
    dependencies.admit(principal.actor.by)
    destination = repo.destination(_input(inputs, "site"), _input(inputs, "build"))
    principal.permit(destination.site)
    places = DestinationIndex(repo)
    result = free_text.read_list(_input(inputs, "serials"), *places.known)
    if not result.entries:
        raise Misunderstood("There is no serial in what the workflow sent")
    submission = Submission(
        principal.actor.by,
        principal.actor.via,
        principal.at,
        site=destination.site,
        build=destination.build,
        once=f"step:{execution}",
    )
    # Slack may send an event again.
    with suppress(AlreadyKept), acting("registered", principal) as (session, operation):
        imported = lifecycle.keep(session, result, submission)
        dry_run = lifecycle.classify(session, imported, places)
        principal.permit(*approval.sites_of(dry_run, ()))
        registered = approval.register_ready(
            session, imported, dry_run, operation=operation, channel_of=dependencies.channel_of
        )
        number = registered.new + registered.moved
        queue.enqueue(session, FINISH_STEP, success(execution, number), at=principal.at)
        sentence = import_blocks.registered(registered, imported, operation).text
        outbox.enqueue_news(session, channel=principal.actor.by, sentence=sentence, at=principal.at)


def _input(inputs: dict[str, Any], name: str) -> str:
    return str(inputs.get(name) or "").strip()
