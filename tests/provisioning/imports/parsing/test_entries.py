"""Entries: serials that were read from several places are one entry for each Mac."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.imports.parsing.entries import (
    Entry,
    ParseResult,
    Rejected,
    from_json,
    from_text,
    gather,
    join,
    to_json,
)
from provisioning.values.serials import InvalidSerial, Serial
from tests.support.tables import for_each

MAC, OTHER = Serial("C02XG0FDJGH5"), Serial("H9TXK7J4QY")

texts = st.none() | st.sampled_from(["london", "London", "paris"])
entries = st.builds(
    Entry,
    st.sampled_from(["C02XG0FDJGH5", "c02xg0fdjgh5", "Z+vm=1", "H9TXK7J4QY"]).map(Serial),
    texts,
    texts,
    st.text(max_size=5),
    st.text(max_size=5),
    st.none() | st.sampled_from(["has 9 characters", "has a letter O"]),
)
rejected = st.builds(Rejected, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
readings = st.builds(gather, st.lists(entries | rejected, max_size=9))


def test_a_mac_that_is_read_twice_is_one_entry_at_its_first_place() -> None:
    reading = gather([Entry(MAC, where="line 1"), Entry(Serial("c02xg0fdjgh5"), where="line 9")])

    assert reading.entries == (Entry(MAC, where="line 1"),)


def test_what_the_first_line_leaves_out_is_filled_in_from_a_later_one() -> None:
    reading = gather([Entry(MAC), Entry(MAC, "paris"), Entry(MAC, None, "design", "for Zoë")])

    assert reading.entries == (Entry(MAC, "paris", "design", "for Zoë"),)


@for_each("kind", ["site", "build"])
def test_two_lines_that_contradict_each_other_are_a_doubt(kind: str) -> None:
    reading = gather([Entry(MAC, **{kind: "one"}), Entry(MAC, **{kind: "other"})])

    assert getattr(reading.entries[0], kind) == "one"
    assert reading.entries[0].doubt == "is for one in one place and for other in another"


def test_the_same_site_in_another_case_contradicts_nothing() -> None:
    assert gather([Entry(MAC, "London"), Entry(MAC, "LONDON")]).entries[0].doubt is None


def test_the_doubts_of_every_place_stay_and_are_told_once() -> None:
    doubts = ("has 9 characters", None, "has a letter O", "has 9 characters")

    reading = gather(Entry(MAC, doubt=doubt) for doubt in doubts)

    assert reading.entries[0].doubt == "has 9 characters; has a letter O"


def test_several_sources_are_one_reading_in_their_order() -> None:
    refused = Rejected("n/a", "line 3", "it is no serial")

    reading = join(
        [ParseResult((Entry(OTHER),), (refused,)), ParseResult((Entry(MAC), Entry(OTHER)))]
    )

    assert reading == ParseResult((Entry(OTHER), Entry(MAC)), (refused,))


@given(st.lists(readings, max_size=4))
def test_joining_holds_each_mac_once_and_joining_again_changes_nothing(
    several: list[ParseResult],
) -> None:
    joined = join(several)

    keys = [entry.serial.key for entry in joined.entries]
    assert len(keys) == len(set(keys))
    assert set(keys) == {entry.serial.key for one in several for entry in one.entries}
    assert {one for reading in several for one in reading.rejected} == set(joined.rejected)
    assert join([joined, joined]) == joined


@given(readings)
def test_a_reading_comes_back_from_a_database_column_as_it_was(reading: ParseResult) -> None:
    text = json.dumps(to_json(reading))

    assert from_json(json.loads(text)) == from_text(text) == reading


def test_a_stored_serial_is_parsed_again() -> None:
    stored = to_json(ParseResult((Entry(MAC),)))
    stored["entries"][0]["serial"] = "../site_default"

    with pytest.raises(InvalidSerial):
        from_text(json.dumps(stored))


def test_a_kept_result_has_the_names_that_databases_hold() -> None:
    entry = Entry(MAC, "london", "design", "for Zoë", "line 2", "has a letter O", "lab-07")
    kept = {
        "entries": [
            {
                "serial": "C02XG0FDJGH5",
                "site": "london",
                "build": "design",
                "note": "for Zoë",
                "where": "line 2",
                "doubt": "has a letter O",
                "name": "lab-07",
            }
        ],
        "rejected": [{"text": "n/a", "where": "line 3", "reason": "it is no serial"}],
    }
    result = ParseResult((entry,), (Rejected("n/a", "line 3", "it is no serial"),))

    assert to_json(result) == kept
    assert from_json(kept) == result
