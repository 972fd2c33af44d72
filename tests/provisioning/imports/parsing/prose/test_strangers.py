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
    "London design\n$A\nTokyo lab\n$B": "A London design, B Tokyo lab",
    "London\n$A\n\nTokyo\n\n$B": "A London, B Tokyo",
    "London\n$A\nTokyo\n$B\nParis\n$C": "A London, B Tokyo, C Paris",
    "London:\nMarketing:\n$A\nTokyo:\n$B": "A London, B Tokyo",
    "Paris\nFinance\n$A\nTokyo\n$B\n$C\nLondon\n$D": "A Paris, B Tokyo, C Tokyo, D London",
    "Design:\n$A\nVideo:\n$B\nLab:\n$C": "A Design, B Video, C Lab",
    "Design: $A\nVideo: $B": "A Design, B Video",
    "*London:*\nby Friday\n$A\n*Tokyo:*\nby Friday\n$B": "A London, B Tokyo",
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
    "a part of the place, between blank lines": (
        "London:\n\nWest wing:\n\n$A\n\nAnn:\n\n$B",
        "A London, B London",
    ),
    "a part of the place, below a label": (
        "London:\n$A\nParis:\nSerials:\nAnn: $B\nBen: $C",
        "A London, B Paris, C Paris",
    ),
    "a name below several places": (
        "London:\n$A\nLibrary:\n$B\nParis:\n$C\nLibrary:\n$D",
        "A London, B London, C Paris, D Paris",
    ),
    "a group": (
        "London:\n$A\nMarketing team:\n$B\nFirst floor:\n$C",
        "A London, B London, C London",
    ),
    "a group, below a build": ("Design:\n$A\nMarketing:\n$B", "A Design, B Design"),
    "a room below a floor": (
        "London:\nFirst floor:\n$A\nLibrary:\n$B",
        "A London, B London",
    ),
    "a name below a build, where others are of sites": (
        "London:\n$A\nParis:\nDesign:\n$B",
        "A London, B Paris Design",
    ),
    "a state": ("London: $A\nSpare: $B\nUrgent: $C", "A London, B London, C London"),
    "kinds of Macs": ("London:\n$A\nMBPs:\n$B\nDesktops:\n$C", "A London, B London, C London"),
    "a person with a title": ("London:\n$A\nMr. Smith:\n$B", "A London, B London"),
    "people, one a serial, below a greeting": (
        "Please set these up:\nLondon\n$A\nAnn\n$B\nBen",
        "A London, B London",
    ),
    "a group above a place": ("Marketing:\n$A\nLondon:\n$B", "A, B London"),
    "a group above a place with other words": (
        "Loaners:\n$A\nNew for London:\n$B\n$C",
        "A, B London, C London",
    ),
    "a room that is called after a build": (
        "Design area:\n$A\nLondon:\n$B\nDesign area:\n$C",
        "A, B London, C London",
    ),
    "a greeting at the end": ("London:\n$A\n\nParis:\n$B\n\nCheers:", "A London, B Paris"),
}

BEHIND = (
    "$A to London, $B to Tokyo",
    "$A goes to London and $B goes to Tokyo",
    "$A to the London office and $B to the Tokyo office",
    "$A London, $B Tokyo",
    "$A (London), $B (Tokyo)",
    "$A is for Ann in London, $B is for Ben in Tokyo",
    "$A to London. $B to the new Tokyo office. Thanks, Ann",
)

NOT_BEHIND = (
    "$A to London and $B too. Thanks, Ann",
    "$A London MacBook Air, $B MacBook Pro",
    "$A for Ann and $B for Ben, both to London",
    "$A (London), $B (MBP)",
    "$A to London, $B to Mr Smith",
    "$A to London, $B to Marketing",
    "$A London, also $B. Cheerio, Ann",
    "$A London, $B Dito",
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

    parts = "Serial,Build\nLondon,\nGround floor,\n$A,lab\nLibrary,\n$B,lab"
    assert dropped(parts).macs == "A London lab, B London lab"

    parts = "Serial,Build\nLondon,\nMarketing,\n$A,lab\nTokyo,\n$B,lab"
    assert dropped(parts).macs == "A London lab, B Tokyo lab"

    builds = "Serial,Note\nlab,\n$A,x\nReception,\n$B,x\nAnn,\n$C,x"
    assert dropped(builds).macs == "A lab, B lab, C lab"


@for_each("text", BEHIND)
def test_another_name_that_stands_behind_its_serial_as_a_place_does_is_asked_about(
    text: str,
) -> None:
    told = pasted(text)

    assert told.macs == "A London, B?"
    assert told.why == {"B": "is for 'Tokyo', and there is no site of that name"}


def test_the_whole_of_a_name_of_several_words_is_said() -> None:
    assert pasted("$A to London, $B to San Diego").why == {
        "B": "is for 'San Diego', and there is no site of that name"
    }


def test_a_place_in_two_cases_is_one_and_what_stands_below_it_no_part_of_two() -> None:
    assert pasted("London:\n$A\nTokyo:\n$B\nlondon:\n$C\nTokyo:\n$D").macs == (
        "A London, B Tokyo, C london, D Tokyo"
    )


def test_capital_letters_make_no_difference() -> None:
    assert pasted("$A TO LONDON, $B TO TOKYO, ALL STAFF").why == {
        "B": "is for 'TOKYO', and there is no site of that name"
    }


@for_each("text", NOT_BEHIND)
def test_other_words_behind_a_serial_are_no_places(text: str) -> None:
    assert pasted(text).macs == "A London, B London"


HEADS = (
    *("London: $A; Tokyo: $B", "London - $A. Tokyo - $B", "Hi! London: $A, Tokyo: $B"),
    *("London lab: $A; Tokyo lab: $B", "London ($A) / Tokyo ($B)", "london: $A, tokyo: $B"),
    *("London (lab) $A, Tokyo (lab) $B", "London: $A; St. Gallen: $B; Paris: $C"),
    *("till London: $A; till Tokyo: $B", "pro London (lab): $A; pro Tokyo (lab): $B"),
    *("Tokyo: $B; London: $A", "For you, Tokyo - $B, London - $A"),
    *("London office: $A. Tokyo office: $B", "London lab: $A and Tokyo lab: $B"),
)
NOT_HEADS = (
    *("London: Ann: $A, Ben: $B", "London: $A - Ann; $B - Ben", "London: $A, S/N: $B"),
    *("London: iMac: $A; MacBook Air: $B", "London: $A; Reception: $B", "London: $A, also: $B"),
    *("Not paris but London: $A, $B", "Team Blue > London: $A; Team Red > London: $B"),
)


@for_each("text", HEADS)
def test_another_name_that_heads_serials_in_a_line_as_a_place_does_is_asked_about(
    text: str,
) -> None:
    assert (set(pasted(text).why), pasted(f"{text}\n$D").macs.split(", ")[-1]) == ({"B"}, "D")


def test_each_mac_has_the_place_that_heads_it_beside_a_strange_one() -> None:
    told = pasted("London (lab): $A, Paris (kiosk): $B, and Tokyo (lab): $C")

    assert told.macs == "A London lab, B Paris kiosk, C?"
    assert told.why == {"C": "is for 'Tokyo', and there is no site of that name"}


@for_each("text", NOT_HEADS)
def test_other_words_before_serials_in_a_line_are_no_places(text: str) -> None:
    assert pasted(text).macs == "A London, B London"


def test_a_long_line_of_names_is_read_as_fast_as_its_length() -> None:
    assert pasted(f"$A to London $B {'to Xy ' * 1_000}").macs == "A London, B?"
    assert pasted(f"London: $A, {'x ' * 5_000}: $B").macs == "A London, B London"


@for_each("text", ["Tokyo", "St. Gallen", "São Paulo", "Frankfurt am Main"])
def test_words_that_are_not_known_may_be_the_name_of_a_place(text: str) -> None:
    assert strangers.is_name(text)


NO_NAMES = (
    *("Box 2", "MacBook Pro", "Serial number", "these are", "Returned", "x" * 61, "", "same"),
    *("Marketing", "Human resources", "Second floor", "Dr. Jones", "Buchhaltung", "MBA"),
)


@for_each("text", NO_NAMES)
def test_numbers_machines_labels_groups_people_with_a_title_and_fillers_are_none(text: str) -> None:
    assert not strangers.is_name(text)
