"""Lines below serials that name a place: of the serial above them, or of those that follow."""

from provisioning.imports.parsing.prose.sentences import TAKEN_BACK
from tests.support.inputs.lists import pasted
from tests.support.tables import for_each

ITEMS = {
    "as Slack copies lists": (
        "paris:\n• $A\n    ◦ design\n• $B\n    ◦ kiosk",
        "A paris design, B paris kiosk",
    ),
    "as Markdown has them": (
        "- $A\n  - london\n  - design, for Ann\n- $B\n  - paris\n  - lab",
        "A london design, B paris lab",
    ),
    "below headings that stand farther out": (
        "London\n  $A\n    design\n  $B\n    kiosk\nParis\n  $C\n    lab",
        "A London design, B London kiosk, C Paris lab",
    ),
    "with labels that are not known": (
        "1) $A\n     needs: design\n     where: paris\n2) $B\n     needs: lab\n     where: berlin",
        "A paris design, B berlin lab",
    ),
    "of some items with bullets": (
        "- $A\n  - london\n- $B\n- $C\n  - paris\n- $D",
        "A london, B, C paris, D",
    ),
    "of the first ones, with other bullets": (
        "– $A\n    design\n– $B\n    kiosk\n– $C",
        "A design, B kiosk, C",
    ),
    "of the last ones, with letters": (
        "a) $A\nb) $B\n     design\nc) $C\n     kiosk",
        "A, B design, C kiosk",
    ),
    "with numbers and dashes": (
        "1 - $A\n2 - $B\n    design\n3 - $C\n    kiosk",
        "A, B design, C kiosk",
    ),
    "with the bullets of Word, and boxes": (
        "o $A\no $B\n    design\n[ ] $C\n    kiosk",
        "A, B design, C kiosk",
    ),
    "that are fields": (
        "- $A\n  Site: paris\n  Name: lab-07\n- $B\n  Site: london\n  Name: lab-08",
        "A paris lab-07, B london lab-08",
    ),
}
NO_ITEMS = {
    "one item alone, which may be meant for all": (
        "- $A\n- $B\n    both for London, design",
        "A London design, B London design",
    ),
    "headings that stand farther in for a sign before them": (
        "📍 London\n$A\n📍 Berlin\n$B\n📍 Paris\n$C",
        "A London, B Berlin, C Paris",
    ),
    "headings behind a mention or an arrow": (
        "<@U01> London\n$A\n→ Berlin\n$B\n:pushpin: Paris\n$C",
        "A London, B Berlin, C Paris",
    ),
    "headings in the middle of a page": (
        "        London\n$A\n$B\n        Paris lab\n$C\n        Berlin\n$D",
        "A London, B London, C Paris lab, D Berlin",
    ),
    "headings in the middle of a page below bullets": (
        "        London\n- $A\n- $B\n        Paris\n- $C\n        Berlin\n- $D",
        "A London, B London, C Paris, D Berlin",
    ),
    "lines that the first serial or the last one lacks": (
        "$A\n$B\n    Paris\n$C\n$D\n    Berlin",
        "A, B, C, D",
    ),
    "serials that stand farther in themselves": ("$A\n  $B\n    $C\nparis lab", ", ".join(
        f"{letter} paris lab" for letter in "ABC"
    )),
}  # fmt: skip
PARAGRAPHS = {
    "that end with their place": (
        "$A\n$B\nLondon, design\n\n$C\nParis lab\n\nThanks,\nTom",
        "A London design, B London design, C Paris lab",
    ),
    "with other words above it": (
        "Mac for Ann\nS/N $A\nLondon, design\n\nMac for Ben\nS/N $B\nParis, lab",
        "A London design, B Paris lab",
    ),
    "below a site": ("Paris:\n\n$A\nlab\n\n$B\nkiosk", "A Paris lab, B Paris kiosk"),
    "and a place that is not known": ("$A\nLondon\n\n$B\nTokyo", "A London, B Tokyo"),
    "below the site of each": (
        "London:\n$A\n$B\ndesign\n\nParis:\n$C\nlab",
        "A London design, B London design, C Paris lab",
    ),
    "below the builds of Macs": ("$A lab\nLondon\n\n$B\nParis", "A London lab, B Paris"),
    "below the build of one, and a place that is not known": (
        "$A lab\nLondon\n\n$B\nTokyo",
        "A London lab, B Tokyo",
    ),
    "of which one is said before": (
        "$A\nLondon\n$B\nParis\n\n$C\nberlin",
        "A, B, C",
    ),
    "that is said twice": ("$A London\nParis lab\n\n$B\nberlin", "A London, B"),
    "that do not all have one": ("$A\nLondon\n\n$B\n\n$C\nParis", "A, B, C"),
    "that begin with it": ("London\n$A\n\nParis\n$B", "A London, B Paris"),
    "with the site and the build in two lines": (
        "Laptop $A\nOffice: London\nRole: design\n\nLaptop $B\nOffice: Paris\nRole: lab",
        "A London design, B Paris lab",
    ),
    "behind labels that are not known": (
        "S/N $A\nWhere: London\nTeam: design\n\nS/N $B\nWhere: Paris\nTeam: lab",
        "A London design, B Paris lab",
    ),
    "with two sites, of which one is whose Mac it was": (
        "$A\nBuyer: London\nWhere: Paris\n\n$B\nBuyer: Paris\nWhere: London",
        "A, B",
    ),
    "behind a label that is one of other things": (
        "$A\nBill to: London\n\n$B\nBill to: Paris",
        "A, B",
    ),
    **{
        f"behind {label!r}": (f"$A\n{label}: London\n\n$B\n{label}: Paris", "A, B")
        for label in ("Old site", "Billing", "Current location", "Shipped from")
    },
    "of Macs without others, behind a label that is not known": ("$A\nBuyer: London", "A"),
    "as a place to return to": (
        "$A\nReturn to: London\n\n$B\nReturn to: Paris",
        "A, B?",
    ),
    "as an address to deliver to": (
        "$A\nDeliver to: London lab\n\n$B\nDeliver to: Paris kiosk",
        "A London lab, B Paris kiosk",
    ),
}
UNKNOWN_BELOW = {
    "the first": ("$A\nTokyo lab\n$B\nParis design", "A Tokyo lab, B Paris design"),
    "the last": ("$A\nLondon lab\n$B\nTokyo design", "A London lab, B Tokyo design"),
    "the last of several": (
        "$A\nLondon lab\n$B\nParis design\n$C\nTokyo lab",
        "A London lab, B Paris design, C Tokyo lab",
    ),
}
SHIFTED = {
    "Paris\n$A\nlab\n$B\nkiosk": "A Paris, B Paris",
    "design\n$A\nlondon\n$B\nparis": "A design, B design",
    "$A\nlondon\n$B\nparis": "A, B",
    "$A\nlondon lab\n$B\nparis": "A lab, B lab",
    "$A\nlondon lab\n$B\nall paris lab": "A, B",
    "$A\nlondon lab\n$B\nparis design\n$C": "A, B, C",
    "Returned:\n$A\nlondon lab\n$B\nparis design": "A?, B",
    "london lab\n$A\nparis design\n$B\nberlin design": "A london lab, B paris design",
}


@for_each(("text", "macs"), ITEMS.values(), ids=ITEMS)
def test_lines_farther_in_than_a_serial_are_its_own(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


def test_they_may_say_what_became_of_it() -> None:
    told = pasted("* $A\n    * to be returned\n* $B\n    * paris lab")

    assert (told.macs, told.why) == ("A?, B paris lab", {"A": TAKEN_BACK})


@for_each(("text", "macs"), NO_ITEMS.values(), ids=NO_ITEMS)
def test_other_lines_are_of_the_serials_that_follow_or_of_all(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(("text", "macs"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_the_last_line_of_each_paragraph_is_of_its_macs(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(("text", "macs"), SHIFTED.items())
def test_names_between_macs_and_below_all_are_left_to_a_person(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(("text", "macs"), UNKNOWN_BELOW.values(), ids=UNKNOWN_BELOW)
def test_a_place_right_below_its_macs_may_be_one_that_is_not_known(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


BELOW_EACH = {
    "in one line": "$A\nlondon lab\n$B\nparis design",
    "in two lines, below numbers": "#1\n$A\nLondon\nlab\n#2\n$B\nParis\ndesign",
    "below labels": "Mac 1: $A\nlondon lab\nMac 2: $B\nparis design",
    "with labels": "S/N $A\nbuild: lab\nsite: london\nS/N $B\nbuild: design\nsite: paris",
    "below a person's name": "Ann\n$A\nLondon\nlab\nTom\n$B\nParis\ndesign",
    "above a person's name": "$A\nlondon lab\nAnn Miller\n$B\nparis design\nTom Baker",
    "behind a person's name": "$A\nAnn, london lab\n$B\nTom, paris design",
    "behind the place that they leave": (
        "$A\nfrom berlin to london, lab\n$B\nfrom london to paris, design"
    ),
    "in a sentence": "$A\nis for london lab\nand\n$B\nis for paris design",
    "behind an arrow, after a blank line": "$A\n\n-> london lab\n\n$B\n\n-> paris design",
    "between words of a mail": (
        "Hi all,\n$A\nLondon, lab\n$B\nParis, design\nThanks\nEva\nBerlin office"
    ),
}  # fmt: skip
BELOW_RUNS = {
    "$A\n$B\nlondon lab\n$C\nparis design": "A london lab, B london lab, C paris design",
    "$A\n$B\nboth london lab\n$C\n$D\nboth paris design": (
        "A london lab, B london lab, C paris design, D paris design"
    ),
    "Ann\n$A\nLondon\nlab\nTom\n$B\nParis\ndesign\nSue\n$C\nBerlin\nlab": (
        "A London lab, B Paris design, C Berlin lab"
    ),
}
HEADINGS_OF_EACH = {
    "above a person's name": (
        "london\nlab\nAnn\n$A\nparis\ndesign\nTom\n$B\nberlin\nbasic\nSue\n$C"
    ),
    "in two lines": "london\nlab\n$A\nparis\ndesign\n$B\nberlin\nbasic\n$C",
    "farther out": "london\n  lab\n    $A\n\nparis\n  design\n    $B\n\nberlin\n  basic\n    $C",
}


@for_each(("text",), [(text,) for text in BELOW_EACH.values()], ids=BELOW_EACH)
def test_a_site_and_a_build_right_below_each_mac_are_its_own(text: str) -> None:
    assert pasted(text).macs.lower() == "a london lab, b paris design"


@for_each(("text", "macs"), BELOW_RUNS.items())
def test_those_below_several_macs_are_theirs(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(("text",), [(text,) for text in HEADINGS_OF_EACH.values()], ids=HEADINGS_OF_EACH)
def test_those_above_each_mac_are_no_cells_below_the_one_before(text: str) -> None:
    assert pasted(text).macs == "A london lab, B paris design, C berlin basic"


def test_those_above_several_macs_are_no_cells_either() -> None:
    text = "london\nlab\n$A\n$B\nparis\ndesign\n$C\nberlin\nbasic\n$D"

    assert pasted(text).macs == ("A london lab, B london lab, C paris design, D berlin basic")


BEGUN_ANEW = {
    "$A\n$B\nlondon:\n$C": "A, B, C london",
    "$A\n$B\n\nlondon:\n$C\nparis:\n$D": "A, B, C london, D paris",
    "$A\n$B\nboth are for berlin.\nAnd these for paris, design:\n$C": (
        "A berlin, B berlin, C paris design"
    ),
    "$A\n$B\nThose go to berlin, design. And these to paris, lab:\n$C\n$D": (
        "A berlin design, B berlin design, C paris lab, D paris lab"
    ),
    "$A\n$B\nThese are for berlin\nand these for paris, design\n$C": "A, B, C",
    "$A paris\n$B\nlondon design:\n$C": "A paris, B, C london design",
    "$A\n$B\nlondon:\n$C\n\nall design": "A design, B design, C london design",
    "london: $A\n$B\nparis\n$C": "A london, B london, C paris",
    "design:\n$A\nlondon: $B\n$C": "A design, B london, C london",
}


@for_each(("text", "macs"), BEGUN_ANEW.items())
def test_a_heading_below_macs_without_one_begins_another_list(text: str, macs: str) -> None:
    """It says nothing about those above it."""
    assert pasted(text).macs == macs


def test_a_colon_says_that_a_name_is_of_the_macs_below_it() -> None:
    assert pasted("Paris\n$A\nlab:\n$B\n$C\nkiosk:").macs == "A Paris, B Paris lab, C Paris lab"
