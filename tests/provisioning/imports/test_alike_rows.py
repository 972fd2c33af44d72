"""Rows of a dry run that are alike, and changed together."""

from pathlib import Path

import pytest

from provisioning.imports.dry_run import DOUBTFUL, NEW
from provisioning.imports.edits import changes
from provisioning.imports.edits.changes import NothingAlike
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.edits.listing import PAGE
from tests.provisioning.imports.editing import DOUBT, GOOD, OTHER, Begin, mac
from tests.support.soaking import SOAK, soak

ROWS = 2000 if SOAK else 200


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


@soak
def test_thousands_of_rows_are_turned_in_pages_and_changed_at_once(begin: Begin) -> None:
    editor = begin(*(mac(f"SC02XG{number:07}", doubt=DOUBT) for number in range(ROWS)))

    rows, last = editor.listing().page(10_000)
    assert (len(rows), last) == (PAGE, ROWS // PAGE - 1)
    editor.edit(changes.without_s)

    assert len(editor.dry_run().of(DOUBTFUL)) == ROWS  # they have another doubt
    assert editor.listing().page(0)[0][0].values.serial == "C02XG0000000"
