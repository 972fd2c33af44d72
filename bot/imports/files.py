"""The listener of files that people drop into a channel, or into a conversation with Rollcall."""

from typing import Any

from slack_bolt import App

from bot.dependencies import BotDependencies, Requester
from bot.imports.imports import ImportActions, card_for, source_of
from bot.slack import contents, payloads
from provisioning.imports import lifecycle, reading
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.names import Names
from provisioning.imports.sources import OTHER, PHOTO, shared
from provisioning.munki.destinations import DestinationIndex


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen to messages with files."""
    intake = FileIntake(dependencies)

    def hear(body: dict[str, Any]) -> None:
        """Have files read that may hold serials."""
        intake.take(body["event"], payloads.own_user(body), meant=payloads.is_meant(body))

    app.event("message", matchers=[payloads.is_files])(hear)


class FileIntake:
    """An intake of the files in messages.

    It raises NotAMember and CannotCheck for those of people who may not use Rollcall.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies
        self._actions = ImportActions(dependencies)

    def take(self, event: dict[str, Any], own_user: str, *, meant: bool) -> None:
        """Enqueue the reading of a message's files, once for each message.

        The names of a site and a build in its text hold for the Macs that name none. Serials in
        it count where the message is `meant` for us, and then unreadable files are reported.
        """
        files = contents.files_of(event) if meant else event.get("files") or ()
        sources = [source_of(file) for file in files]
        if not meant:
            sources = [source for source in sources if source["kind"] != OTHER]
        if not sources:
            return
        self._dependencies.admit(event["user"])
        places = DestinationIndex(self._dependencies.repo.now())
        text = contents.text_of(event).replace(f"<@{own_user}>", " ")
        named = Names.of(*places.known).named_in(text)
        photos = all(source["kind"] == PHOTO for source in sources)
        submission = self._actions.submission(
            Requester(event["user"], "photo" if photos else "file"),
            site=named.site,
            build=named.build,
            once=shared(event["channel"], event["ts"]),
        )
        result = free_text.read(text, *places.known) if meant else ParseResult()
        with self._dependencies.database.begin() as session:
            imported = lifecycle.keep(session, result, submission)
            if imported is None:
                return
            card = card_for(submission, event["channel"], payloads.thread_of(event))
            reading.start(session, imported, sources, card, quiet=not meant)
            if meant:
                lifecycle.refresh_card(session, imported, at=submission.at)
