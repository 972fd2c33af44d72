"""Edits of dry runs that are undone, and dry runs that end."""

from datetime import timedelta

import pytest

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.dry_run import DOUBTFUL, NOWHERE
from provisioning.imports.edits import changes, recording
from provisioning.imports.edits.choices import OUT
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.lifecycle import OPEN_FOR, NotOpen
from provisioning.imports.models import Import
from tests.provisioning.imports.editing import DOUBT, OTHER, Begin, mac
from tests.support.fixtures.doors import NOON


def test_an_edit_is_undone_once_by_who_presses_twice(begin: Begin, database: Database) -> None:
    editor = begin(mac(doubt=DOUBT))
    editor.save(editor.draft(0, build="kiosk"))
    editor.save(editor.draft(0, decision=OUT))
    with database.begin() as session:
        imported = lifecycle.opened(session, editor.id)
        edit = recording.last_edit(session, imported)
        assert edit is not None
        editor.undo_in(session, edit.id)
        with pytest.raises(NothingToUndo):
            editor.undo_in(session, edit.id)

    assert editor.listing().rows[0].values.build == "kiosk"


@pytest.mark.postgresql(soak=True)
def test_edits_are_undone_one_after_the_other(begin: Begin) -> None:
    editor = begin(mac(site="London HQ"), mac(OTHER, doubt=DOUBT))
    [name] = editor.listing().unknown
    editor.edit(lambda listing: changes.destined(listing, name.digest, "paris"))
    editor.save(editor.draft(1, decision=OUT))

    editor.undo()
    assert editor.listing().rows[0].values.site == "paris"
    assert editor.listing().rows[1].values.decision == ""
    editor.undo()

    assert editor.kinds() == [NOWHERE, DOUBTFUL]
    assert [row.version for row in editor.listing().rows.values()] == [2, 2]
    with pytest.raises(NothingToUndo):
        editor.undo()


@pytest.mark.postgresql(instead=True)
def test_a_dry_run_ends_where_nobody_edits_it(begin: Begin, database: Database) -> None:
    editor = begin(mac(doubt=DOUBT))
    with database.begin() as session:
        lifecycle.end_abandoned(session, NOON + OPEN_FOR - timedelta(seconds=1))
        lifecycle.opened(session, editor.id)

    with database.begin() as session:
        lifecycle.end_abandoned(session, NOON + OPEN_FOR)

    with database.begin() as session, pytest.raises(NotOpen):
        lifecycle.opened(session, editor.id)


def test_one_of_an_earlier_release_does_not_end(begin: Begin, database: Database) -> None:
    editor = begin(mac())
    with database.begin() as session:
        session.get_one(Import, editor.id).ends_at = None
    with database.begin() as session:
        lifecycle.end_abandoned(session, NOON + 10 * OPEN_FOR)
        lifecycle.opened(session, editor.id)
