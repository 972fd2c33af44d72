"""Lines that correct a list, or take back what stands above them."""

from provisioning.imports.parsing.prose import sections
from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each


@for_each(
    ("text", "macs"),
    [
        ("$A paris\n$B paris\nActually both go to london.", "A? paris, B? paris"),
        ("$A paris basic\n$B paris basic\nsorry, london", "A? paris basic, B? paris basic"),
        ("$A paris design\n$B paris\nno, all basic", "A? paris design, B paris"),
        ("Serial\tSite\n$A\tparis\n$B\tparis\nSorry, all to london!", "A? paris, B? paris"),
        ("$A paris\n$B london\n\nAnn, london office", "A paris, B london"),
        ("$A paris\n$B paris\nAnn, london", "A paris, B paris"),
        ("$A paris\n$B paris\nShipped via london, arriving today", "A paris, B paris"),
        ("$A\n$B\ndesign\nlondon street 5, paris", "A design, B design"),
        ("$A paris\n$B paris\nsorry, I meant london instead of paris", "A? paris, B? paris"),
        ("$A paris\n$B paris\nAlle bitte nach london", "A? paris, B? paris"),
        ("$A paris\n$B paris\n訂正：london です", "A? paris, B? paris"),
        ("$A paris\n$B paris\n全部 london へ", "A? paris, B? paris"),
        ("$A paris\n$B paris\nthe last is for london", "A? paris, B? paris"),
        ("$A\tparis\n$B\tparis\nthe last one is for london", "A? paris, B? paris"),
        ("$A\tparis\n$B\tparis\nthe last one is heavy", "A paris, B paris"),
        ("$A paris\n\nedit: london", "A? paris"),
        ("$A paris basic\n*london", "A? paris basic"),
        ("$A paris\n*Sent from London*", "A paris"),
        ("$A paris basic\nmake that london", "A? paris basic"),
    ],
)
def test_another_place_that_a_line_below_all_macs_names_may_be_meant(text: str, macs: str) -> None:
    """Unless it is that of some, or the line speaks of others."""
    assert pasted(text).macs == macs


@for_each(
    "line",
    [
        *("the first is a design", "der erste ist ein design", "le premier est un design"),
        *("el primero es un design", "il primo è un design", "de eerste is een design"),
        *("o primeiro é design", "o último vai para paris", "os primeiros são design"),
    ],
)
def test_a_line_below_about_one_of_the_macs_asks_which(line: str) -> None:
    told = pasted(f"$A\n$B\nlondon basic\n{line}")

    assert {*told.why.values()} == {f"may be meant by the line {line!r}"}


def test_of_two_lines_that_correct_a_list_the_last_is_told() -> None:
    told = pasted("$A paris\n$B paris\nno, london\nsorry, berlin")

    assert {*told.why.values()} == {"may be meant by the line 'sorry, berlin'"}


@for_each(
    "line",
    [
        *("Sorry, swap them!", "other way round, sorry", "it's the other way around", "Never mind"),
        *("ignore that please", "thanks, but hold off until Monday", "Don't do these yet", "nvm"),
        *("ist genau umgekehrt", "doch nicht", "laat maar", "c'est l'inverse", "逆です"),
    ],
)
def test_a_sentence_that_takes_back_what_stands_above_it_asks_about_all_macs(line: str) -> None:
    assert pasted(f"$A london design\n$B paris kiosk\n{line}").macs == (
        "A? london design, B? paris kiosk"
    )
    assert pasted(f"$A is for london, $B is for paris. {line}").macs == "A? london, B? paris"
    between = pasted(f"$A london\n{line}\n\n$B paris")
    said = line.replace("'", " ")
    assert between.why["A"] == f"may be meant by the line {said!r}"


@for_each(
    "line",
    [
        *("Please hold on to the boxes", "don't forget the charger", "ignore my earlier ticket"),
        *("do not use the old cables", "no rush - can wait", "stop by my desk later", "Swap them:"),
        "Vice versa is the name of our newsletter",
        "Printers go from the shop to the store and, vice versa, the old ones come back",
    ],
)
def test_one_that_says_more_takes_nothing_back(line: str) -> None:
    assert not sections.takes_back(line)
    assert pasted(f"$A london design\n$B paris kiosk\n{line}").macs == (
        "A london design, B paris kiosk"
    )


@for_each("line", ["Do not deploy", "Don't register"])
def test_one_between_macs_may_be_meant_for_those_above_it_and_below(line: str) -> None:
    assert pasted(f"london\n$A\n{line}\n$B").macs == "A? london, B? london"


@for_each("heading", ["Another site:", "For another office:", "Anderer Standort:"])
def test_macs_of_another_place_that_is_not_named_are_asked_about(heading: str) -> None:
    assert pasted(f"london:\n$A\n{heading}\n$B").macs == "A london, B? london"


@for_each("heading", ["Other site: paris", "Another location (paris):", "Anderer Standort: paris"])
def test_one_that_is_named_there_is_theirs(heading: str) -> None:
    text = f"london:\n$A\n{heading}\n$B"
    assert (pasted(text).macs, dropped(text).macs) == ("A london, B paris", "A london, B paris")
    asked = "london:\n$A\nOther sites (paris, Oslo):\n$B"
    assert pasted(asked).macs == "A london, B? paris"


@for_each("heading", ["Going back to Apple:", "Send back:", "Goes back to the shop:"])
def test_macs_that_go_back_are_asked_about(heading: str) -> None:
    assert pasted(f"$A london\n\n{heading}\n$B\n$C").macs == "A london, B?, C?"


@for_each(
    "line",
    [
        "Thanks all, Ann, london",
        "All the best, Ann, london office",
        "Gracias a todos, Ana, oficina de london",
        "Liebe Grüße an alle in london",
        "よろしくお願いします。london 山田",
        "请把发票寄到 london，谢谢",
        "No signature required at the london warehouse",
        "Sorry, the london office is closed",
        "Doch noch eine Bitte: Rechnung nach london",
        "The london office is open each day from 9 to 17",
        "Horaires du bureau de london : tous les jours de 9h à 17h",
        "All questions to the london office please",
        "Delivery: first thing on Monday, the london gate is closed",
        "Lieferung über london, letzte Abholung 17 Uhr",
        "Sorry, the driver phoned my boss Ann from his van in london",
    ],
)
def test_what_else_is_said_of_another_place_below_a_list_asks_about_no_mac(line: str) -> None:
    assert pasted(f"$A paris\n$B paris\n\n{line}").macs == "A paris, B paris"
    assert pasted(f"Serial\tSite\n$A\tparis\n$B\tparis\n{line}").macs == "A paris, B paris"
