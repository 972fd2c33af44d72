"""Files that people drop into a channel, or into their conversation with Rollcall."""

from typing import Any

from slack_bolt import App

from bot.dependencies import BotDependencies, Requester
from bot.imports.imports import OTHER, PHOTO, ImportActions, card_for, source_of
from bot.slack import events
from provisioning.imports import batches
from provisioning.imports.parsing import text as texts
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.names import Names
from provisioning.munki.destinations import DestinationIndex


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen to all that is said; nearly all of it is none of our business."""
    dropping = FileIntake(dependencies)

    def heard(body: dict[str, Any]) -> None:
        """Have files read that may hold serials."""
        if events.is_files(body):
            dropping.take(body["event"], events.own_user(body), meant=events.is_meant(body))

    app.event("message")(heard)


class FileIntake:
    """Takes files; raises NotAMember and CannotCheck for those of strangers."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies
        self._importing = ImportActions(dependencies)

    def take(self, event: dict[str, Any], own_user: str, *, meant: bool) -> None:
        """Owe the reading of a message's files, once however often Slack tells of it.

        The names of a site and a build in its text hold for the Macs that name none. Serials in
        it count where the message is `meant` for us, and files that cannot be read are told of.
        """
        sources = [source_of(file) for file in event.get("files") or ()]
        if not meant:
            sources = [source for source in sources if source["kind"] != OTHER]
        if not sources:
            return
        self._dependencies.members.admit(event["user"])
        places = DestinationIndex(self._dependencies.repo)
        text = str(event.get("text") or "").replace(f"<@{own_user}>", " ")
        named = Names(places.sites, places.builds).named_in(text)
        photos = all(source["kind"] == PHOTO for source in sources)
        how = self._importing.submission(
            Requester(event["user"], "photo" if photos else "file"),
            site=named.site,
            build=named.build,
            once=f"file:{event['channel']}:{event['ts']}",
        )
        reading = texts.read(text, places.sites, places.builds) if meant else ParseResult()
        with self._dependencies.database.begin() as session:
            one = batches.keep(session, reading, how)
            if one is None:
                return
            card = card_for(how, event["channel"], events.thread_of(event))
            batches.enqueue_reading(session, one, sources, card, quiet=not meant)
            if meant:
                batches.refresh_card(session, one, at=how.at)
