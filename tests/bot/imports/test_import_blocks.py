"""Dry runs as Slack shows them, whatever is in them and however much."""

from collections.abc import Sequence
from dataclasses import replace

from bot.imports import dry_run_blocks, import_blocks
from bot.slack.tables import FEWEST
from provisioning.imports import summary as summaries
from provisioning.imports.approval import RegisteredRows
from provisioning.imports.dry_run import (
    CONFLICT,
    DOUBTFUL,
    MOVED,
    NEW,
    NOWHERE,
    UNCHANGED,
    CurrentPlace,
    DryRun,
    DryRunRow,
)
from provisioning.imports.models import DROPPED, READ, READING, REGISTERED, Import
from provisioning.imports.parsing.entries import Entry, Rejected
from provisioning.munki import Destination
from provisioning.values.serials import Serial
from tests.support.inputs.examples import (
    ACT,
    ANY_NAME,
    LONGEST,
    MARKUP,
    NOON,
    WORST,
    faults_in_a_channel,
    shown,
    written,
)
from tests.support.tables import for_each

KINDS = (NEW, MOVED, DOUBTFUL, CONFLICT, NOWHERE, UNCHANGED)


def row(number: int, kind: str, name: str = "london") -> DryRunRow:
    where = "x" * 300 if name in (LONGEST, WORST) else f"{name}.csv, line {number}"
    registered = kind in (MOVED, CONFLICT, UNCHANGED)
    standing = CurrentPlace(name, name, "U0BOB", NOON, "waiting") if registered else None
    to = None if kind == NOWHERE else Destination(name, name)
    serial = Serial(f"{number:064}" if name in (LONGEST, WORST) else f"C02ABC{number:06}")
    why = f"is for {name * 5}" if kind in (DOUBTFUL, NOWHERE, CONFLICT) else ""
    return DryRunRow(Entry(serial, name, name, where=where), kind, to, standing, why)


def dry_run(
    counts: dict[str, int], name: str = "london", rejected: int = 0, wants: Sequence[str] = ()
) -> Import:
    """An import whose dry run has so many rows of each kind."""
    rows = [row(number, kind, name) for kind, most in counts.items() for number in range(most)]
    faulty = [Rejected(name * 9, name * 9, name * 9)] * rejected
    summary = summaries.of(DryRun(tuple(rows), tuple(faulty), tuple(wants)))
    return Import(
        id=7, by="U0ALICE", via="file", state=READ, note=name, shown=summary, settled_by="U0BOB"
    )


def buttons(one: Import) -> list[str]:
    """The labels of an import's buttons."""
    actions = [block for block in shown(dry_run_blocks.dry_run(one)) if block["type"] == "actions"]
    return [
        str(element["text"]["text"])
        for block in actions
        for element in block["elements"]
        if element["type"] == "button"
    ]


@for_each("number", [1, 8, 9, 1000])
@ANY_NAME
def test_any_number_of_each_kind_fits_whatever_the_names(name: str, number: int) -> None:
    one = dry_run(dict.fromkeys(KINDS, number), name, number, ("site", "build"))

    message = dry_run_blocks.dry_run(one)

    assert faults_in_a_channel(message) == []
    assert f"*{2 * number:,} Macs can be registered.*" in written(message)


@for_each(("number", "last"), [(6, "• 1 Mac for *site 5* / *lab*"), (7, "• … and 1 more place")])
def test_six_places_are_named_and_the_others_counted(number: int, last: str) -> None:
    macs = [Entry(Serial(f"C02ABC{place:06}")) for place in range(number)]
    rows = [
        DryRunRow(mac, NEW, Destination(f"site {n}", "lab"), None) for n, mac in enumerate(macs)
    ]
    imported = dry_run({})
    imported.shown = summaries.of(DryRun(tuple(rows), (), ()))

    lines = written(dry_run_blocks.dry_run(imported)).splitlines()

    assert [line for line in lines if line.startswith(("• 1 Mac for", "• …"))][-1] == last


@for_each("number", [2, 3, 20])
def test_three_or_more_new_macs_are_a_table_with_the_same_rows_as_lines(number: int) -> None:
    message = dry_run_blocks.dry_run(dry_run({NEW: number, DOUBTFUL: 3}))
    lines = written(replace(message, blocks=message.tableless))

    is_table = "Serial | Goes to | From" in written(message)
    assert is_table == (number >= FEWEST)
    assert ("C02ABC000000 | london / london | london.csv, line 0" in written(message)) == is_table
    assert "• `C02ABC000000` (london.csv, line 0) → *london* / *london*" in lines
    for said in (written(message), lines):
        assert f"*New: {number}*" in said
        assert ("… and 12 more" in said) == (number == 20)
        assert said.count("): is for") == 0
        assert said.count("*: is for") == 3, "what needs a reason is a line"


def test_new_macs_with_a_reason_are_lines() -> None:
    one = dry_run({NEW: 3})
    assert one.shown is not None
    one.shown["first"][NEW][1]["why"] = "was read without its S"

    assert dry_run_blocks.dry_run(one).without_table is None


def test_nothing_of_others_is_markup() -> None:
    message = dry_run_blocks.dry_run(dry_run(dict.fromkeys(KINDS, 1), MARKUP, 1))

    assert "<!channel>" not in written(message)
    assert "&lt;!channel&gt;" in written(message)


@for_each(
    ("counts", "said"),
    [
        ({}, ["Drop"]),
        ({NEW: 1}, ["Drop", "Register 1 Mac"]),
        ({NEW: 30, MOVED: 8}, ["Drop", "Register 38 Macs"]),
        (
            {NEW: 38, DOUBTFUL: 3, CONFLICT: 2},
            [
                "Register 38 Macs",
                "Also 3 doubtful",
                "Move 2 conflicts too",
                "All 43 Macs",
                "Drop",
                "Edit 5 rows",
            ],
        ),
        ({DOUBTFUL: 3}, ["Register 3 doubtful", "Drop", "Edit 3 rows"]),
        ({CONFLICT: 1}, ["Move 1 conflict", "Drop", "Edit 1 row"]),
        ({UNCHANGED: 9, NOWHERE: 9}, ["Edit 9 rows", "Drop", "Send me the whole list"]),
    ],
)
def test_there_is_a_button_for_what_can_be_done_and_for_nothing_else(
    counts: dict[str, int], said: list[str]
) -> None:
    assert buttons(dry_run(counts)) == said


@for_each("state", [READING, READ, REGISTERED, DROPPED])
@ANY_NAME
def test_every_state_can_be_shown(name: str, state: str) -> None:
    one = dry_run({NEW: 5}, name)
    one.state, one.sources, one.done = state, [1, 2, 3], 2
    one.reading = {"entries": [1, 2], "rejected": []}
    left = dict.fromkeys((*KINDS, "invalid"), 3)
    one.shown = {**(one.shown or {}), "outcome": {"new": 2, "moved": 1, "left": left}}

    message = import_blocks.message(one, ACT)

    assert faults_in_a_channel(message) == []
    if state == READING:
        assert "2 of 3 read, 2 Macs so far" in written(message)
    if state == REGISTERED:
        assert "Registered 2 Macs and moved 1 Mac: by <@U0BOB>" in written(message)


@ANY_NAME
def test_what_changed_meanwhile_fits_whatever_the_names(name: str) -> None:
    changed = [row(number, CONFLICT, name) for number in range(500)]

    message = import_blocks.registered(RegisteredRows(2, 0, changed), dry_run({NEW: 2}), ACT)

    assert faults_in_a_channel(message) == []
    assert "500 Macs left alone, because something has changed" in written(message)
