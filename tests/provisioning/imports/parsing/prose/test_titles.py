"""Titles: lines right above Macs, and which of them name the place of these."""

from provisioning.imports.parsing.prose.titles import LONGEST
from tests.support.inputs.lists import pasted
from tests.support.tables import for_each


@for_each(
    "line",
    [
        "London design for Anna's team",
        "Ticket 4711 London design",
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
        "delete London design",
        "Dear London design,",
        "Thanks, London design",
        "Ann London Design Lead",
        "Delivery: London Design Museum",
        "I'm with the London design team",
        "London design - already done",
        "London design - not yet",
        "London design asks for two.",
        "London says the design is late",
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
