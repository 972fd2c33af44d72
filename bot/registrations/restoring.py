"""Work for the clerk: manifests that are to be what they were."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.registrations import manifest_blocks as shown
from bot.slack.markup import escape
from infrastructure.jobs.runner import Record
from provisioning.munki.editing import Author, ManifestEditor
from provisioning.munki.errors import RepoUnusable
from provisioning.outbox import outbox


class RestoreJob:
    """Brings back what a manifest was before its last change; `channel` hears of it."""

    def __init__(self, manifests: ManifestEditor, *, channel: str) -> None:
        self._manifests, self._channel = manifests, channel

    def do(self, facts: dict[str, Any]) -> Record:
        """Write; `facts` are the `revision` and `by` (a user id). Raises what `restore` raises."""
        by = facts["by"]
        try:
            revision = self._manifests.restore(facts["revision"], editor=Author(by, "button"))
        except RepoUnusable as error:
            raise OSError(str(error)) from error  # another time it may work
        return self._told(self._channel, shown.restored(revision, by))

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Say that it stays as it is."""
        return self._told(facts["by"], f"The manifest was not brought back: {escape(reason)}")

    def _told(self, channel: str, sentence: str) -> Record:
        def record(session: Session, now: datetime) -> None:
            outbox.owe_news(session, channel=channel, sentence=sentence, at=now)

        return record
