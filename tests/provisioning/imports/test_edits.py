"""Edits of dry runs: rows that people put right, and what a second person sees of that."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.imports import summary
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, INVALID, NEW
from provisioning.imports.edits.changes import Draft, InvalidRow, RowsChanged
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.models import ImportRow
from provisioning.imports.parsing.entries import Rejected
from provisioning.imports.parsing.tokens.serial_shapes import CUT, OTHER_FORM
from provisioning.munki import Destination
from tests.provisioning.imports.editing import DOUBT, GOOD, OTHER, Begin, mac
from tests.support import acting
from tests.support.tables import for_each


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
