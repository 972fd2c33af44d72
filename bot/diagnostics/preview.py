"""The listener of the command that previews a Mac's next boot."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import PreviewCommand
from bot.dependencies import BotDependencies
from bot.diagnostics import preview_blocks
from bot.slack.markup import Message
from provisioning.diagnostics.previews.preview import Preview
from provisioning.firstboot.placement import Requested
from provisioning.maintenance.acts.actors import Principal
from provisioning.outbox import outbox
from provisioning.values.language import _
from provisioning.values.serials import Serial


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command that previews a Mac's next boot."""
    dependencies = dispatcher.dependencies

    def preview(command: PreviewCommand, principal: Principal) -> Message:
        serial = Serial(Serial.parse(command.serial).key)  # in the spelling of Macs
        requested = (
            Requested(command.site or "", command.build or "")
            if command.site or command.build
            else None
        )
        policy = dependencies.policy.policy
        with dependencies.database.reading() as session:
            result = dependencies.previewer.preview(
                session, policy, serial, requested=requested, at=principal.at
            )
        # A template may hold what is not for everybody.
        with_script = policy.is_admin(principal.actor.by)
        sent = preview_blocks.is_long(result, with_script=with_script)
        if sent:
            _enqueue_files(dependencies, result, principal, with_script=with_script)
        return preview_blocks.preview(result, with_script=with_script, sent=sent)

    dispatcher.handle(PreviewCommand, preview)


def _enqueue_files(
    dependencies: BotDependencies, result: Preview, principal: Principal, *, with_script: bool
) -> None:
    files = {f"{result.serial}-manifest.txt": result.manifest}
    if with_script:
        files[f"{result.serial}-script.txt"] = result.script
    with dependencies.database.begin() as session:
        for name, text in files.items():
            if text is not None:
                outbox.enqueue_file(
                    session,
                    channel=principal.actor.by,
                    name=name,
                    content=text.encode(),
                    sentence=_(
                        "`{serial}`, as it would be now. Nothing was written.", serial=result.serial
                    ),
                    at=principal.at,
                )
