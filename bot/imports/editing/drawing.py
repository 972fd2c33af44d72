"""The window on the rows of a dry run, and its message, drawn as the database has them now."""

from collections.abc import Sequence
from contextlib import suppress

from slack_sdk.models.views import View

from bot.dependencies import BotDependencies
from bot.imports.editing import edit_window
from bot.imports.editing.edit_window import WindowNotice
from bot.imports.editing.window_state import WindowState
from provisioning.imports import lifecycle
from provisioning.imports.edits import recording
from provisioning.imports.edits.changes import Draft
from provisioning.imports.edits.listing import Listing
from provisioning.imports.lifecycle import NotOpen
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card


def window(
    dependencies: BotDependencies,
    state: WindowState,
    *,
    notice: WindowNotice | None = None,
    drafts: Sequence[Draft] = (),
) -> View:
    """Return the window on the present rows, with the values in `drafts`. Raises NotOpen.

    A row that was not touched is shown as it is: else the next save would take back what
    another person changed in it.
    """
    places = dependencies.places
    with dependencies.database.reading() as session:
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


def enqueue(dependencies: BotDependencies, import_id: int) -> None:
    """Enqueue a dry run as a message, which only one person saw and which is out of date."""
    with suppress(NotOpen), dependencies.database.begin() as session:
        imported = lifecycle.opened(session, import_id)
        if imported.card_id is None:
            now, user = dependencies.clock(), imported.by
            card = Card(kind=IMPORT, channel=user, created_at=now, registered_by=user)
            outbox.open_card(session, card)
            imported.card_id = card.id
            lifecycle.refresh_card(session, imported, at=now)
