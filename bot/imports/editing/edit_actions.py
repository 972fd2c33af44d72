"""Actions of people on the rows of a dry run: each is one transaction."""

from collections.abc import Sequence
from contextlib import suppress

from slack_sdk.models.views import View

from bot.dependencies import BotDependencies, Requester
from bot.imports.editing import edit_window
from bot.imports.editing.edit_window import Notice
from bot.imports.editing.window_state import WindowState
from bot.imports.imports import card_for
from provisioning.imports import lifecycle
from provisioning.imports.edits import recording
from provisioning.imports.edits.changes import Draft
from provisioning.imports.edits.listing import Listing
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.models import Import
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.intake import Plan
from provisioning.munki.destinations import DestinationIndex


class EditActions:
    """Actions on the rows of a dry run. They raise RollcallError, having done nothing."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def window(
        self,
        state: WindowState,
        *,
        notice: Notice | None = None,
        drafts: Sequence[Draft] = (),
    ) -> View:
        """Return the window on the rows as they are now, with what was filled in. Raises NotOpen.

        A row that was not touched is shown as it is: else the next save would take back what
        another person changed in it.
        """
        places = DestinationIndex(self._dependencies.repo.now())
        with self._dependencies.database.reading() as session:
            imported = lifecycle.waiting(session, state.import_id)
            edit = recording.last_edit(session, imported)
            return edit_window.window(
                state,
                Listing.of(session, imported, places),
                places.kinds,
                last_edit=edit.id if edit else None,
                notice=notice,
                drafts={draft.number: draft.values for draft in drafts if draft.is_touched},
            )

    def edit(self, import_id: int, user: str, plan: Plan) -> None:
        """Change rows as `plan` says. Raises what it raises, NotAllowed and NotOpen."""
        self._dependencies.intake.edit(import_id, self._principal(user), plan)

    def undo(self, import_id: int, edit_id: int, user: str) -> None:
        """Undo the newest edit, of any person. Raises NothingToUndo where it is another one."""
        self._dependencies.intake.undo_edit(import_id, self._principal(user), edit_id)

    def send(self, import_id: int) -> None:
        """Go on with a dry run as a message, which only one person saw and which is out of date."""
        with suppress(NotOpen), self._dependencies.database.begin() as session:
            imported = lifecycle.opened(session, import_id)
            if imported.card_id is None:
                now = self._dependencies.clock()
                card = card_for(Submission(imported.by, imported.via, now), imported.by)
                session.add(card)
                session.flush()
                imported.card_id = card.id
                lifecycle.refresh_card(session, imported, at=now)

    def shown(self, import_id: int) -> Import:
        """Return an import, to draw its message again."""
        with self._dependencies.database.reading() as session:
            return lifecycle.peek(session, import_id)

    def _principal(self, user: str) -> Principal:
        return self._dependencies.principal(Requester(user, "button"))
