"""Macs that a text calls gone: broken, returned, replaced, crossed out, or below such a heading."""

import pytest

from provisioning.imports.parsing import free_text
from tests.support.inputs.lists import A, B, C, dropped, pasted
from tests.support.inputs.spreadsheets import workbook
from tests.support.tables import for_each


@for_each(
    "words",
    [
        *("is broken", "was stolen", "(defekt)", "is defekt", "returned to Apple", "ist kaputt"),
        *("est cassé", "está roto", "a été vendu", "arrived damaged", "ist verschrottet"),
        *("(to be returned)", "- Rückgabe", "(à renvoyer au fournisseur)", "ya no hace falta"),
        *("is retour naar de leverancier", "(da restituire)", "- do zwrotu", "(ska tillbaka)"),
        *("- hold", "(skip)", "- ignore this one", "на возврат"),
    ],
)
def test_macs_that_their_sentence_calls_gone_are_asked_about(words: str) -> None:
    told = pasted(f"$D {words}\n$A")

    assert (told.macs, told.why) == ("D?, A", {"D": "may be taken back in its sentence"})


@for_each("words", ["(broken)", "(to be returned)", "paris (returned)", "(defekt)"])
def test_so_are_those_whose_cell_says_so_and_none_below_them(words: str) -> None:
    told = dropped(f"Serial\n$A\n$B {words}\n$C")

    assert told.macs in ("A, B?, C", "A, B? paris, C")


def test_so_are_those_with_such_a_word_in_brackets_in_a_cell_of_its_own() -> None:
    assert dropped("$A,london,(broken)\n$B,paris,").macs == "A? london, B paris"
    assert dropped("Serial,Deploy\n$A,(no)\n$B,yes").macs == "A?, B"


@for_each(
    ("text", "macs"),
    [
        ("pas $B mais $A pour Paris", "B? Paris, A Paris"),
        ("$B DOA, $A for Paris", "B? Paris, A Paris"),
        (":white_check_mark: $A paris\n❌ $B paris", "A paris, B? paris"),
        ("$A paris\n:x: $B paris", "A paris, B? paris"),
        ("$A paris\n:no_entry_sign: $B paris", "A paris, B? paris"),
        ("To do: $A, $C. Done: $B. paris", "A paris, C paris, B? paris"),
        ("$B (done), $A (todo) paris", "B? paris, A paris"),
        ("$B done\n$A paris", "B?, A paris"),
        ("Returned from london\n$B\nFor paris basic\n$A", "B?, A paris basic"),
        ("$B paris (hasn't arrived yet)\n$A paris", "B? paris, A paris"),
        ("$B paris, not here yet\n$A paris", "B? paris, A paris"),
        ("All to paris except $B which is for london: $A $B", "A paris, B? paris"),
        ("already imaged: $B\n$A paris", "B?, A paris"),
        ("Already registered:\n$B\nTo do:\n$A paris", "B? paris, A paris"),
        ("$B は不要です。\n$A paris", "B?, A paris"),
        ("typo! $B should be $A, paris", "B? paris, A paris"),
        ("SERIAL SITE BUILD, for example $B paris basic", "B? paris basic"),
        ("$A or maybe $B", "A?, B?"),
        ("~~$B paris basic~~\n$A paris basic", "B? paris basic, A paris basic"),
        ("paris is wrong for $B\n$A paris", "B? paris, A paris"),
        ("$B n'est plus à Paris\n$A paris", "B?, A paris"),
        ("$A paris\n$B invece no", "A paris, B?"),
        ("never register $B paris\n$A paris", "B? paris, A paris"),
        ("$B n'est pas pour Paris\n$A paris", "B?, A paris"),
        ("$B no es de Paris\n$A paris", "B? Paris, A paris"),
        ("$B は paris の design ではありません\n$A paris", "B? paris design, A paris"),
        ("$B used to be lab-07\n$A paris", "B? lab-07, A paris"),
        ("$A paris, not london\n$B london, pas paris", "A paris, B london"),
        ("$A was london, now paris\n$B war London", "A paris, B"),
        ("don't register $B, but $A paris", "B? paris, A paris"),
        ("# for Paris\n$A\n# $B\n$C", "A Paris, B? Paris, C Paris"),
        ("Example: $B\n$A paris", "B?, A paris"),
        ("$B paris (screen cracked)\n$A paris", "B? paris, A paris"),
        ("Please take back $B. $A is for paris", "B? paris, A paris"),
        ("imaged $B for london (done)\n$A paris", "B? london, A paris"),
        ("$B for london (done)\n$A paris", "B? london, A paris"),
        ("$A paris, delete $B", "A paris, B? paris"),
        ("$A paris, unregister $B", "A paris, B? paris"),
        ("$B を paris に登録しないで\n$A paris", "B? paris, A paris"),
        ("$A london; $B same; $C paris", "A? london, B? london, C? london"),
    ],
)
def test_macs_that_are_taken_back_or_crossed_out_are_asked_about(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    "text",
    [
        "$A paris if possible",
        "If possible, $A paris",
        "$A paris, if you have a minute",
        "$A paris today, if you can!",
        "Bitte sobald möglich $A paris",
        "$A paris, falls möglich heute",
        "$A paris dès que possible",
        "$A paris en cuanto sea posible",
        "$A paris appena possibile",
        "$A paris zodra mogelijk",
        "$A paris. If you need anything else just ask.",
        "$A paris! Once more, thanks",
        "Are you able to set up $A for paris?",
        "Est-ce possible d’ajouter $A pour paris ?",
    ],
)
def test_words_of_courtesy_make_nothing_depend_on_them(text: str) -> None:
    assert pasted(text).macs == "A paris"


@for_each(
    "words",
    [
        "(charger not included)",
        "- Netzteil nicht dabei",
        "(pas de chargeur)",
        "(chargeur non fourni)",
        "niet met oplader",
        "keyboard and mouse not included",
        "(return the charger)",
        "(excludes charger)",
    ],
)
def test_what_is_said_about_an_accessory_takes_no_mac_back(words: str) -> None:
    assert pasted(f"$A paris {words}").macs == "A paris"


@for_each(
    "words",
    [
        "charger here but Mac not here",
        "charger and Mac not delivered",
        "mouse broken - cancelled",
        "with charger stolen",
    ],
)
def test_what_is_said_behind_that_takes_its_mac_back(words: str) -> None:
    assert pasted(f"$A paris {words}").macs == "A? paris"


@for_each(
    "text",
    [
        "$A paris if it boots",
        "$A paris, if you can find it",
        "$A paris, once it has booted",
        "if $A, paris",
    ],
)
def test_macs_that_depend_on_something_are_asked_about(text: str) -> None:
    assert pasted(text).macs == "A? paris"


@for_each(
    "text",
    [
        "old laptop $D, new laptop $A paris",
        "$A replaces broken $D paris",
        "$A (was $D) paris",
        "$A (ex $D) paris",
        "$D (Ann's old one) gets replaced by $A paris",
        "swap $D for $A, paris",
        "Exchange: $D for $A, paris",
    ],
)
def test_the_mac_that_another_one_replaces_is_left_out(text: str) -> None:
    told = pasted(text)

    assert (told.macs, told.why) == ("A paris", {"D": "it is the serial of the old Mac"})


def test_macs_that_swap_their_places_are_both_set_up() -> None:
    assert pasted("please swap: $A to london and $B to paris").macs == "A london, B paris"


@for_each(
    "text",
    [
        "Old:\n$D\nNew:\n$A paris",
        "Old Macs:\n$D\n\nNew Macs:\n$A paris",
        "Serial numbers:\nBroken:\n$D\nNew:\n$A paris",
        "Serial\n$A paris\nretired\n$D",
        "To be returned to the lessor:\n- $D\n\nTo set up in Paris:\n- $A paris",
        "OUT\n$D\n\nIN\n$A paris",
        "Defekt: $D\nOk: $A paris",
        "Serials (old): $D\nSerials (new): $A paris",
        "In repair:\n$D\nNew:\n$A paris",
        "New:\nSerial,Site\n$A,paris\n\nReturned:\nSerial,Reason\n$D,broken",
        "### Returned\n| Serial |\n|---|\n| $D |\n\n### New\n| Serial |\n|---|\n| $A | paris",
    ],
)
def test_macs_below_a_heading_that_says_that_they_are_gone_are_not_taken(text: str) -> None:
    told = pasted(text)

    assert [mac for mac in told.macs.split(", ") if "?" not in mac] == ["A paris"]
    assert [*told.why] == ["D"]


@for_each(
    "heading",
    [
        *("Not in Jamf yet:", "New MacBooks:", "Old Street:", "Cancel meeting", "Alt-Moabit:"),
        *("Replacements for broken Macs:", "New Macs, old building:", "Für die alte Schule:"),
        *("Old office:", "Oude Gracht:", "Missing from my last list:", "Wir sind später dran:"),
        *("Here are the missing ones:", "Do not touch before Monday:", "Returned, now for paris:"),
        *("Returning students:", "Lost property office:", "Dead Sea room:", "Sala vieja:"),
        *("Do not forget:", "New (old ones come back later):", "Later today I need:"),
        *("Trade:", "Altes Rathaus:", "Former gym:"),
    ],
)
def test_other_headings_raise_no_question(heading: str) -> None:
    result = free_text.read(f"{heading}\n{A}\n{B}", ("Old Street", "paris"), ("basic",))

    assert {entry.doubt for entry in result.entries} == {None}


@for_each(
    ("text", "macs"),
    [
        ("Retour:\n$A\n$B\nRetour:\n$C\nLondon:\n$D", "A?, B?, C?, D London"),
        ("Retired:\nBroken in London:\n$A\nParis:\n$B", "A? London, B Paris"),
        ("Retired:\n$A\nI am in London today\n$B", "A?, B?"),
        ("Retired\nSerial\tBuild\n$A\tlab\n$B\tlab\n\nLondon\n$C", "A? lab, B? lab, C London"),
    ],
)
def test_a_place_below_their_macs_ends_parts_of_macs_that_are_gone(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@pytest.mark.parametrize(
    ("title", "is_asked"),
    [("Retired", True), ("Old 2025", True), ("alt", True), ("Archiv", True), ("Kaputte", True),
     ("london", False), ("Ersatz für defekte", False)],
)  # fmt: skip
def test_the_name_of_a_sheet_is_such_a_heading_too(title: str, is_asked: bool) -> None:
    told = dropped(workbook({title: [["Serial"], [C]]}), "plan.xlsx")

    assert bool(told.why) == is_asked
    assert told.why.get("C") in (None, f"stands in a sheet called {title!r}")


def test_a_semicolon_before_a_serial_is_an_empty_cell_where_others_part_cells() -> None:
    assert pasted("7;$A;paris\n;$B;paris\n8;$C;paris").macs == "A paris, B paris, C paris"


def test_a_part_of_a_longer_word_takes_nothing_back() -> None:
    assert pasted("$A london for the non-teaching staff").macs == "A london"
