"""Places that are not known beside places that are: their Macs are asked about."""

from provisioning.imports.parsing.prose import strangers
from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each

HEADINGS = {
    "London:\n$A\nTokyo:\n$B": "A London, B Tokyo",
    "Tokyo:\n$A\nLondon:\n$B": "A Tokyo, B London",
    "For London:\n$A\nFor Tokyo:\n$B\nFor Paris:\n$C": "A London, B Tokyo, C Paris",
    "London lab: $A\nTokyo design: $B": "A London lab, B Tokyo design",
    "London - $A\nTokyo - $B": "A London, B Tokyo",
    "London\n$A\n$B\nTokyo\n$C": "A London, B London, C Tokyo",
    "London\n$A\n\nTokyo\n\n$B": "A London, B Tokyo",
    "London\n$A\nTokyo\n$B\nParis\n$C": "A London, B Tokyo, C Paris",
}

OTHER_HEADINGS = {
    "a part of the place, right below its name": (
        "London:\nGround floor:\n$A\nTop floor:\n$B\nParis:\n$C",
        "A London, B London, C Paris",
    ),
    "a label": ("London:\nSerials:\n$A\nParis:\nSerial numbers:\n$B", "A London, B Paris"),
    "a machine": ("London:\n$A\nMacBook Pro:\n$B\nParis:\n$C", "A London, B London, C Paris"),
    "people, one a serial": ("London\n$A\nAnn\n$B\nBen", "A London, B London"),
    "people and times above names": ("Ann\n10:15\n$A\nParis\nAnn\n10:16\n$B\nLondon", "A, B"),
    "a greeting at the end": ("London:\n$A\n\nParis:\n$B\n\nCheers:", "A London, B Paris"),
}

BEHIND = (
    "$A to London, $B to Tokyo",
    "$A goes to London and $B goes to Tokyo",
    "$A to the London office and $B to the Tokyo office",
    "$A London, $B Tokyo",
    "$A (London), $B (Tokyo)",
    "$A is for Ann in London, $B is for Ben in Tokyo",
)

NOT_BEHIND = (
    "$A to London and $B too. Thanks, Ann",
    "$A London MacBook Air, $B MacBook Pro",
    "$A for Ann and $B for Ben, both to London",
)


@for_each(("text", "macs"), HEADINGS.items())
def test_a_heading_of_the_same_form_with_another_name_is_that_of_another_place(
    text: str, macs: str
) -> None:
    assert pasted(text).macs == macs


@for_each(("text", "macs"), OTHER_HEADINGS.values())
def test_other_headings_are_none_of_places(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


def test_a_row_of_a_table_is_such_a_heading_too() -> None:
    table = "Serial,Build\nLondon,\n$A,lab\nTokyo,\n$B,lab\nParis,\n$C,lab"
    assert dropped(table).macs == "A London lab, B Tokyo lab, C Paris lab"

    parts = "Serial,Build\nLondon,\nGround floor,\n$A,lab\nTop floor,\n$B,lab"
    assert dropped(parts).macs == "A London lab, B London lab"


@for_each("text", BEHIND)
def test_another_name_that_stands_behind_its_serial_as_a_place_does_is_asked_about(
    text: str,
) -> None:
    told = pasted(text)

    assert told.macs == "A London, B?"
    assert told.why == {"B": "is for 'Tokyo', and there is no site of that name"}


@for_each("text", NOT_BEHIND)
def test_other_words_behind_a_serial_are_no_places(text: str) -> None:
    assert pasted(text).macs == "A London, B London"


def test_a_long_line_of_names_is_read_as_fast_as_its_length() -> None:
    assert pasted(f"$A to London $B {'to Xy ' * 1_000}").macs == "A London, B?"


@for_each("text", ["Tokyo", "St. Gallen", "São Paulo", "Frankfurt am Main"])
def test_words_that_are_not_known_may_be_the_name_of_a_place(text: str) -> None:
    assert strangers.is_name(text)


@for_each("text", ["Box 2", "MacBook Pro", "Serial number", "these are", "Returned", "x" * 61, ""])
def test_numbers_machines_labels_and_fillers_are_none(text: str) -> None:
    assert not strangers.is_name(text)
