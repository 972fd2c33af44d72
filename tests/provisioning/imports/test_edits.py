"""Edits of dry runs: rows that people put right, and what a second person sees of that."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle, summary
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, INVALID, NEW, NOWHERE, DryRun
from provisioning.imports.edits import changes, planning, recording
from provisioning.imports.edits.changes import Changes, Draft, InvalidRow, NothingAlike, RowsChanged
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.edits.listing import PAGE, Listing
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.lifecycle import OPEN_FOR, NotOpen, Submission
from provisioning.imports.models import Import, ImportRow
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected
from provisioning.imports.parsing.tokens.serial_shapes import CUT, OTHER_FORM
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.fixtures.doors import NOON
from tests.support.soaking import SOAK, soak
from tests.support.tables import for_each

GOOD, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"
DOUBT = "was read only once"
ROWS = 2000 if SOAK else 200

Plan = Callable[[Listing], Changes]


class Editor:
    """An import in the database, and a person who edits it."""

    def __init__(self, database: Database, repo: MunkiRepo, result: ParseResult) -> None:
        self.database, self.places = database, DestinationIndex(repo.now())
        with database.begin() as session:
            submission = Submission(by="U0ALICE", via="message", at=NOON)
            imported = lifecycle.keep(session, result, submission)
            self.id = imported.id
            lifecycle.show(session, imported, self.places, at=NOON)

    def listing(self) -> Listing:
        with self.database.reading() as session:
            return Listing.of(session, session.get_one(Import, self.id), self.places)

    def dry_run(self) -> DryRun:
        with self.database.reading() as session:
            return lifecycle.classify(session, session.get_one(Import, self.id), self.places)

    def edit(self, plan: Plan, by: str = "U0ALICE") -> None:
        with self.database.begin() as session:
            imported = lifecycle.opened(session, self.id)
            listing = Listing.of(session, imported, self.places)
            planned = planning.plan(session, imported, self.places, listing, plan(listing))
            recording.record(session, imported, planned, by=by, at=NOON)

    def draft(self, number: int, **values: str) -> Draft:
        """The draft of a person who looks at a row now and changes nothing."""
        row = self.listing().rows[number]
        changed = replace(row.values, **values)
        return Draft(number, row.version, row.values.digest, changed)

    def save(self, *drafts: Draft, by: str = "U0ALICE") -> None:
        self.edit(lambda listing: changes.of_drafts(listing, drafts), by)

    def undo(self) -> None:
        with self.database.begin() as session:
            imported = lifecycle.opened(session, self.id)
            edit = recording.last_edit(session, imported)
            edit_id = edit.id if edit else 0
            self.undo_in(session, edit_id)

    def undo_in(self, session: Session, edit_id: int) -> None:
        imported = lifecycle.opened(session, self.id)
        before = recording.before_last(session, imported, edit_id)
        planned = planning.plan_undo(session, imported, self.places, edit_id, before)
        recording.record(session, imported, planned, by="U0BOB", at=NOON)

    def kinds(self) -> list[str]:
        return [row.kind for row in self.listing().rows.values()]


Begin = Callable[..., Editor]


@pytest.fixture
def begin(database: Database, repo: MunkiRepo) -> Begin:
    """Submit Macs; returns the import, as a person edits it."""

    def submit(*entries: Entry, rejected: tuple[Rejected, ...] = ()) -> Editor:
        return Editor(database, repo, ParseResult(entries, rejected))

    return submit


def mac(serial: str = GOOD, site: str = "london", build: str = "design", **fields: str) -> Entry:
    return Entry(Serial(serial), site, build, **fields)


def test_a_text_that_is_no_serial_still_is_none_that_was_put_right(begin: Begin) -> None:
    editor = begin(mac(), rejected=(Rejected("C02XG0FDJG?5", "line 7", "a ? is in it"),))

    editor.save(editor.draft(1, site="london"))
    assert editor.dry_run().edited == 0
    editor.save(editor.draft(1, serial=OTHER, build="design"))
    assert editor.dry_run().edited == 1


def test_a_serial_is_corrected_and_its_own_doubt_goes(begin: Begin) -> None:
    editor = begin(mac("C02XGOFDJGH5", doubt="has a letter O, which Apple's serials never have"))
    assert editor.kinds() == [DOUBTFUL]

    editor.save(editor.draft(0, serial=GOOD, decision=TAKE))

    [row] = editor.dry_run().rows
    assert row.entry.serial.text == GOOD


@for_each(("cut", "doubt"), [("C02XG0FDJG", CUT), ("C02XG0FDJGH", CUT), ("lon-mac-1", OTHER_FORM)])
def test_what_a_serial_had_lost_is_no_doubt_about_the_whole_one(
    begin: Begin, cut: str, doubt: str
) -> None:
    editor = begin(mac(cut, doubt=doubt))

    editor.save(editor.draft(0, serial=GOOD))

    assert editor.kinds() == [NEW]


def test_a_text_that_is_no_serial_becomes_one(begin: Begin) -> None:
    editor = begin(rejected=(Rejected("C02XG0FDJG?5", "line 7", "a ? is in it"),))
    assert editor.kinds() == [INVALID]

    editor.save(editor.draft(0, serial=GOOD, site="london", build="design"))

    [row] = editor.dry_run().rows
    assert (row.entry.serial.text, row.kind, row.entry.where) == (GOOD, NEW, "line 7")


def test_a_doubtful_one_is_taken_as_it_is_and_asked_about_again_where_the_doubt_changes(
    begin: Begin, database: Database
) -> None:
    editor = begin(mac(doubt=DOUBT))
    editor.save(editor.draft(0, decision=TAKE))
    assert editor.kinds() == [NEW]

    editor.save(editor.draft(0, build="kiosk"))
    assert editor.kinds() == [NEW]  # it is the same doubt still
    with database.begin() as session:
        session.scalars(select(ImportRow)).one().accepted = "another doubt"

    assert editor.kinds() == [DOUBTFUL]
    assert editor.listing().rows[0].values.decision == ""


def test_a_corrected_serial_with_a_new_doubt_is_not_taken_unseen(
    begin: Begin, database: Database
) -> None:
    acting.register(database, OTHER, to=Destination("paris", "kiosk"), by="U0BOB")
    for serial, kind in (("C02XGOFDJGH5", DOUBTFUL), (OTHER, CONFLICT)):
        editor = begin(mac(doubt=DOUBT))

        editor.save(editor.draft(0, serial=serial, decision=TAKE))

        assert editor.kinds() == [kind]


def test_what_is_left_out_is_counted_and_comes_back(begin: Begin) -> None:
    editor = begin(mac(doubt=DOUBT), mac(OTHER))
    editor.save(editor.draft(0, decision=OUT))
    dry = editor.dry_run()
    assert [row.entry.serial.text for row in dry.rows] == [OTHER]
    assert list(dry.left_out) == [0]
    assert f"{GOOD},,,left out,,,".encode() in summary.csv_of(dry)

    editor.save(editor.draft(0, decision=""))

    assert editor.kinds() == [DOUBTFUL, NEW]


def test_a_mac_is_not_twice_in_a_list(begin: Begin) -> None:
    editor = begin(mac(doubt=DOUBT), mac(OTHER), mac("VM-AB17"))

    for again in (OTHER.lower(), "vm-ab17"):
        with pytest.raises(InvalidRow, match="is in the list twice then"):
            editor.save(editor.draft(0, serial=again))

    editor.save(editor.draft(0, serial=OTHER), editor.draft(1, decision=OUT))
    assert [row.entry.serial.text for row in editor.dry_run().rows] == [OTHER, "VM-AB17"]


def test_what_is_no_serial_changes_nothing(begin: Begin) -> None:
    editor = begin(mac(doubt=DOUBT), mac(OTHER, doubt=DOUBT))
    out = editor.draft(1, decision=OUT)

    for text in ("", "C 0", "a" * 65, "C02\u00e9", "../etc", "UN?KNOWN"):
        with pytest.raises(InvalidRow):
            editor.save(editor.draft(0, serial=text), out)

    assert editor.kinds() == [DOUBTFUL, DOUBTFUL]


def test_the_second_of_two_editors_is_told_and_changes_nothing(begin: Begin) -> None:
    editor = begin(mac(doubt=DOUBT), mac(OTHER, doubt=DOUBT))
    of_both = editor.draft(0, build="kiosk"), editor.draft(1, decision=TAKE)
    editor.save(editor.draft(0, decision=OUT), by="U0BOB")

    with pytest.raises(RowsChanged) as raised:
        editor.save(*of_both)

    assert raised.value.numbers == {0}
    row = editor.listing().rows[0]
    assert (row.values.decision, row.by, row.version) == (OUT, "U0BOB", 1)
    assert editor.kinds()[1] == DOUBTFUL
    editor.save(replace(of_both[0], version=1))  # who was asked may
    assert editor.listing().rows[0].values.build == "kiosk"


def test_a_row_that_the_second_editor_did_not_touch_stays_as_the_first_left_it(
    begin: Begin,
) -> None:
    editor = begin(mac(doubt=DOUBT), mac(OTHER, doubt=DOUBT))
    page = editor.draft(0), editor.draft(1, decision=TAKE)
    editor.save(editor.draft(0, decision=OUT), by="U0BOB")

    editor.save(*page)

    assert [row.values.decision for row in editor.listing().rows.values()] == [OUT, TAKE]


@pytest.mark.postgresql(instead=True)
def test_of_two_who_save_at_once_one_is_told(begin: Begin) -> None:
    editor = begin(mac(doubt=DOUBT))
    drafts = editor.draft(0, decision=OUT), editor.draft(0, decision=TAKE)

    def save(draft: Draft) -> bool:
        try:
            editor.save(draft)
        except RowsChanged:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, drafts))

    assert sorted(saved) == [False, True]
    row = editor.listing().rows[0]
    assert row.version == 1
    assert row.values.decision == drafts[saved.index(True)].values.decision


def test_the_s_of_a_scanner_is_taken_off_all_serials_at_once(begin: Begin) -> None:
    scanned = [mac(f"S{key}", doubt=DOUBT) for key in (GOOD, OTHER)]
    editor = begin(*scanned, mac("SALON0000001"), mac(f"S{GOOD[:-1]}7"), mac(f"{GOOD[:-1]}7"))

    editor.edit(changes.without_s)

    serials = [row.entry.serial.text for row in editor.dry_run().rows]
    assert serials[:2] == [GOOD, OTHER]
    assert serials[2] == "SALON0000001"  # nothing is doubtful about it
    with pytest.raises(NothingAlike):
        editor.edit(changes.without_s)


@pytest.mark.postgresql(soak=True)
def test_a_name_that_is_no_site_is_chosen_once_for_all_rows_that_have_it(begin: Begin) -> None:
    editor = begin(mac(site="London HQ"), mac(OTHER, "london hq"), mac("C02ZZ0FDJGH7", "Rome"))
    names = editor.listing().unknown
    assert [(name.text, len(name.numbers)) for name in names] == [("London HQ", 2), ("Rome", 1)]

    editor.edit(lambda listing: changes.destined(listing, names[0].digest, "london"))
    editor.edit(lambda listing: changes.decided(listing, names[1].digest, OUT))

    dry = editor.dry_run()
    assert [(row.kind, row.entry.site) for row in dry.rows if row.kind != DOUBTFUL] == [
        (NEW, "london")
    ] * len([row for row in dry.rows if row.kind != DOUBTFUL])
    assert {row.entry.site for row in dry.rows} == {"london"}
    assert list(dry.left_out) == [2]
    with pytest.raises(NothingAlike):
        editor.edit(lambda listing: changes.destined(listing, names[0].digest, "paris"))


def test_a_site_that_is_written_by_its_end_is_no_unknown_name(
    begin: Begin, manifests: Path
) -> None:
    leeds = manifests / "included_manifests" / "sites" / "uk" / "leeds"
    leeds.parent.mkdir()
    leeds.write_bytes(b"")
    editor = begin(mac(site="Leeds", build="no such"))

    assert [name.text for name in editor.listing().unknown] == ["no such"]
    assert editor.listing().rows[0].values.site == "uk/leeds"


def test_rows_with_one_doubt_are_taken_or_left_out_together(begin: Begin) -> None:
    editor = begin(
        mac(doubt=DOUBT), mac(OTHER, doubt=DOUBT), mac("C02ZZ0FDJGH7", doubt="is another")
    )
    [doubt] = editor.listing().doubts
    assert (doubt.why, doubt.numbers) == (DOUBT, (0, 1))

    editor.edit(lambda listing: changes.decided(listing, doubt.digest, TAKE))

    assert editor.kinds() == [NEW, NEW, DOUBTFUL]
    with pytest.raises(NothingAlike):
        editor.edit(lambda listing: changes.decided(listing, doubt.digest, OUT))


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


@soak
def test_thousands_of_rows_are_turned_in_pages_and_changed_at_once(begin: Begin) -> None:
    editor = begin(*(mac(f"SC02XG{number:07}", doubt=DOUBT) for number in range(ROWS)))

    rows, last = editor.listing().page(10_000)
    assert (len(rows), last) == (PAGE, ROWS // PAGE - 1)
    editor.edit(changes.without_s)

    assert len(editor.dry_run().of(DOUBTFUL)) == ROWS  # they have another doubt
    assert editor.listing().page(0)[0][0].values.serial == "C02XG0000000"


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
