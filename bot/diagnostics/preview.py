"""Looking ahead: what would happen to a Mac if it booted now."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import PreviewCommand
from bot.dependencies import BotDependencies, Requester
from bot.diagnostics import preview_blocks as blocks
from bot.slack.markup import Message
from provisioning.diagnostics.preview import Preview
from provisioning.firstboot.placement import Requested
from provisioning.outbox import outbox
from provisioning.values.serials import Serial


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command that looks ahead."""

    def preview(wanted: PreviewCommand, asker: Requester) -> Message:
        serial = Serial(Serial.parse(wanted.serial).key)  # as Macs say it, however it is typed
        said = Requested(wanted.site, wanted.build) if wanted.site and wanted.build else None
        policy = dependencies.policy.policy
        with dependencies.database.reading() as session:
            told = dependencies.previewer.preview(
                session, policy, serial, said=said, at=dependencies.clock()
            )
        # A template may hold what is not for everybody.
        script = policy.is_admin(asker.user)
        sent = blocks.is_long(told, script=script)
        if sent:
            _owe_files(dependencies, told, asker, script=script)
        return blocks.preview(told, script=script, sent=sent)

    dispatcher.handle(PreviewCommand, preview)


def _owe_files(
    dependencies: BotDependencies, told: Preview, asker: Requester, *, script: bool
) -> None:
    files = {f"{told.serial}-manifest.txt": told.manifest}
    if script:
        files[f"{told.serial}-script.txt"] = told.script
    with dependencies.database.begin() as session:
        for name, text in files.items():
            if text is not None:
                outbox.enqueue_file(
                    session,
                    channel=asker.user,
                    name=name,
                    content=text.encode(),
                    sentence=f"`{told.serial}`, as it would be now. Nothing was written.",
                    at=dependencies.clock(),
                )
