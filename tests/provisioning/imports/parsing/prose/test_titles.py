"""Titles and headings: lines above Macs, and which of them name the place of these."""

from provisioning.imports.parsing.prose.titles import LONGEST
from tests.support.inputs.lists import pasted
from tests.support.tables import for_each

HEADINGS = {
    "headings of sites may stand below those of builds": (
        "DESIGN\nLondon - $A\nParis - $B\nLAB\nLondon - $C",
        "A London DESIGN, B Paris DESIGN, C London LAB",
    ),
    "beside another in a heading it may stand between any words": (
        "Project Falcon – London – Design\n$A\n\nCart 3 (Paris, lab)\n$B",
        "A London Design, B Paris lab",
    ),
    "beside its build in a heading it may stand among other words": (
        "@anna London design, urgent!!\n$A\n\nParis lab (can wait)\n$B",
        "A London design, B Paris lab",
    ),
    "of a line that tells what was done heads no Macs": (
        "London design is done already\n$A\nnow Paris lab\n$B",
        "A? Paris lab, B Paris lab",
    ),
    "in a line right above that is no heading asks about one from elsewhere": (
        "$A\nAnn sits in London now, and wrote\n$B\nParis lab",
        "A Paris lab, B? Paris lab",
    ),
    "a build above Macs is not that of the sites below": (
        "Lab:\n$A\nLondon:\n$B\nParis:\n$C",
        "A Lab, B London, C Paris",
    ),
    "a build above sites is that of all": (
        "Lab:\nLondon:\n$A\nParis:\n$B",
        "A London Lab, B Paris Lab",
    ),
    "a heading may say in a sentence that its Macs are not wanted": (
        "Kept for Paris, don't image yet:\n$A\nReady for London:\n$B",
        "A? Paris, B London",
    ),
    "a heading in brackets may say that its Macs are not wanted": (
        "Spare (don't touch):\n$A\nFor London:\n$B",
        "A?, B London",
    ),
    "headings of places below one of Macs that are gone are of theirs": (
        "Returned:\n$A\nLondon:\n$B\nParis:\n$C",
        "A?, B London, C Paris",
    ),
    "a place without a colon ends the Macs that are gone": (
        "Retired\n$A\nLondon\n$B\nParis\n$C",
        "A?, B London, C Paris",
    ),
    "places right below such a heading are its own": (
        "Please don't image these:\n\nLondon:\n$A\nParis:\n$B\nRetired\nParis\n$C",
        "A? London, B? Paris, C? Paris",
    ),
    "such places end with the next heading": (
        "Done:\nLondon:\n$A\nTo do:\nParis:\n$B",
        "A? London, B Paris",
    ),
    "nor does one that says in brackets alone what became of its Macs": (
        "Paris lab\n$A\nLondon design (done)\n$B",
        "A Paris lab, B? Paris lab",
    ),
    "a heading without a colon says that there is no place": ("Site TBC\n$A\n$B", "A?, B?"),
    "a place ends what had none yet": (
        "Spares (no site yet)\n$A\n$B\nLondon\n$C\n",
        "A?, B?, C London",
    ),
    "a place of one of its own Macs does not": (
        "Unknown site:\n$A london\n$B\nparis\n$C",
        "A? london, B?, C paris",
    ),
}


@for_each(("text", "macs"), HEADINGS.values(), ids=HEADINGS)
def test_the_place_that_headings_give(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    "line",
    [
        "London design for Anna's team",
        "Ticket 4711 London design",
        "Project Phoenix London design",
        "3rd floor London design",
        "Q3 London design",
        "Hi London design!",
        "London design on 3 March",
        "London design arrived yesterday",
        "#imaging London design",
        "<@U0ANNA> London design",
        "New hires London design",
        "Loaners London design for Anna",
        "From Paris to London design",
        "IMG: design   SITE: London",
        "Replacements for London design",
        "Anna Smith (London design)",
        "Team Alpha: London design",
        "DESIGN LONDON URGENT",
        "London Design Team",
        "London design Jane",
        "LONDON DESIGN MUNICH ORDER",
        "Design London Q1 order",
        "Bonjour, merci de préparer pour London design :",
    ],
)
def test_a_site_beside_its_build_heads_macs_among_words_of_lists(line: str) -> None:
    assert pasted(f"{line}\n$A").macs.casefold() == "a london design"


@for_each(
    "line",
    [
        "Who ordered the London design ones",
        "Waiting for London design",
        "I did London design yesterday",
        "Dear London design,",
        "Thanks, London design",
        "Ann London Design Lead",
        "Delivery: London Design Museum",
        "I'm with the London design team",
        "London design - already done",
        "London design is closed",
        "Billing: London design",
        "London design - not yet",
        "London design asks for two.",
        "London says the design is late",
        "London wrote about design",
    ],
)
def test_a_site_and_a_build_of_a_sentence_or_a_longer_name_head_no_macs(line: str) -> None:
    assert pasted(f"{line}\n$A").macs == "A"
    assert pasted(f"{line}\n$A\nParis lab\n$B").macs == "A? Paris lab, B Paris lab"


def test_a_title_stands_right_above_its_macs() -> None:
    assert pasted("London design sent a mail\nand Ann brought these\n$A").macs == "A"


def test_a_line_that_is_longer_than_a_title_heads_no_macs() -> None:
    words = "which Anna asked for " * LONGEST

    assert pasted(f"London design, {words}\n$A\nParis lab\n$B").macs == "A? Paris lab, B Paris lab"


def test_no_serial_is_lost_below_a_word_that_may_be_a_heading() -> None:
    assert pasted("Serial\n$A\nretired\n$B").macs == "A, B?"


def test_machines_above_serials_are_their_headings() -> None:
    told = pasted("MacBook Pro\n$A\niPad\n$D\nMac mini\n$B")

    assert (told.macs, [*told.why]) == ("A, B", ["D"])


def test_machines_below_serials_are_theirs_where_a_sentence_above_speaks_of_machines() -> None:
    told = pasted("New MacBooks and iPads for london:\n\n$A\nMacBook Pro\n$D\niPad\n$B\nMac mini")

    assert (told.macs, [*told.why]) == ("A london, B london", ["D"])


def test_serials_above_other_machines_alone_are_all_left_out() -> None:
    told = pasted("$A\niPad Air\n$B\niPad mini")

    assert (told.macs, {*told.why}) == ("", {"A", "B"})


@for_each("sites", ["london, paris", "london; paris", "london and paris"])
def test_one_of_several_sites_in_a_line_above_is_asked_about(sites: str) -> None:
    told = pasted(f"{sites}\n$A\n$B")

    assert told.why["A"].startswith("stands below a line that names 2 sites")
    assert [*told.why] == ["A", "B"]


def test_a_line_below_pasted_cells_names_a_place_as_one_above_does() -> None:
    assert pasted("$A\tx\n$B\ty\nfor london, design").macs == "A london design, B london design"
    for line in ("Grüße aus london", "Our london office is closed", "Ann, london office"):
        assert pasted(f"$A\tx\n$B\ty\n{line}").macs == "A, B"
