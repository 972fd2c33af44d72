"""The window of rows at its fullest, with texts that others chose: Slack takes it all the same."""

import json
from typing import Any

from slack_sdk.models.blocks import SectionBlock

from bot.imports.editing import alike_blocks, edit_window
from bot.imports.editing.alike_blocks import MAX_UNKNOWN
from bot.imports.editing.edit_window import WindowNotice
from bot.imports.editing.window_state import WindowState
from provisioning.imports.dry_run import (
    CONFLICT,
    DOUBTFUL,
    INVALID,
    NOWHERE,
    CurrentPlace,
    DryRun,
    DryRunRow,
)
from provisioning.imports.edits.choices import AS_READ
from provisioning.imports.edits.listing import EditableRow, Listing, Values, WrittenName
from provisioning.imports.parsing.entries import Entry, Rejected
from provisioning.munki import Destination
from provisioning.values.kinds import BOTH, BUILD, SITE
from provisioning.values.language import LANGUAGES, in_language
from provisioning.values.serials import Serial
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.inputs.examples import MARKUP, NOON, WORST
from tests.support.tables import for_each

REASON = (MARKUP + WORST * 10)[:900]
KINDS = (DOUBTFUL, CONFLICT, NOWHERE, INVALID)
STATE = WindowState(10**8, 3, reply="https://hooks.slack.example/" + "x" * 200)


def row(number: int) -> EditableRow:
    """A row whose texts are as long and as hostile as they can be."""
    serial, kind = f"S{number:011}", KINDS[number % len(KINDS)]
    values = Values(serial, WORST, WORST, "")
    if kind == INVALID:
        text = Rejected(MARKUP * 3, MARKUP * 3, REASON)
        values = Values((MARKUP * 3)[:64], "", "", "")
        return EditableRow(number, 99, text, AS_READ, kind, values, None, "U0BOB", NOON)
    entry = Entry(Serial(serial), WORST, WORST, where=MARKUP * 3)
    current = CurrentPlace(WORST, WORST, "U0BOB", NOON, "waiting")
    shown = DryRunRow(entry, kind, Destination("a", "b"), current, f"{REASON} {number % 24}")
    return EditableRow(number, 99, entry, AS_READ, kind, values, shown, "U0BOB", NOON)


def window() -> dict[str, Any]:
    rows = {number: row(number) for number in range(200)}
    kinds = [each.kind for each in rows.values()]
    unknown = [
        WrittenName((SITE, BUILD)[number % 2], f"{number}{MARKUP * 9}", tuple(range(2000)))
        for number in range(MAX_UNKNOWN + 9)
    ]
    view: dict[str, Any] = edit_window.window(
        STATE,
        Listing(rows, kinds, rows.keys(), unknown, DryRun((), (), ())),
        BOTH,
        last_edit=10**8,
        notice=WindowNotice("Somebody " * 40, frozenset(rows)),
        drafts={number: Values("x" * 64, WORST, WORST, "take") for number in range(60, 80)},
    ).to_dict()
    return view


@for_each(("number", "told"), [(5, []), (6, ["1 more name does"]), (7, ["2 more names do"])])
def test_names_that_are_not_offered_are_counted(number: int, told: list[str]) -> None:
    unknown = [WrittenName(SITE, f"site {each}", (each,)) for each in range(number)]

    shown = alike_blocks.alike(Listing({}, [], {}.keys(), unknown, DryRun((), (), ())), BOTH)

    said = [block.text.text for block in shown if isinstance(block, SectionBlock) and block.text]
    assert [text.partition(" not exist")[0] for text in said if " more name" in text] == told


@for_each("code", LANGUAGES)
def test_the_fullest_window_is_one_that_slack_takes(code: str) -> None:
    with in_language(code):
        view = window()

    assert problems_of_view(view) == []
    assert len(view["blocks"]) > 80


def test_nothing_of_others_is_markup_in_it() -> None:
    texts = [block["text"]["text"] for block in window()["blocks"] if block["type"] == "section"]

    assert "<!channel>" not in "\n".join(texts)
    assert "&lt;!channel&gt;" in "\n".join(texts)
    assert "<!channel>" not in json.dumps([text for text in texts if "http" in text])
