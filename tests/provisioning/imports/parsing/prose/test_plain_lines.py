"""Plain lines, each of which a rule of its own keeps from being read wrongly."""

from provisioning.imports.parsing.prose.sentences import TOLD
from tests.support.inputs.lists import pasted
from tests.support.tables import for_each


@for_each(
    ("text", "macs"),
    [
        ("hostname $A, london", "A london"),
        ("name: $A london", "A london"),
        ("$A MAC-$B", "A, B?"),
        ("$A london, S/N: lab-mac-07", "A london, lab-mac-07? london"),
        ("$B, $A named lab-07 london", "B london, A london lab-07"),
        ("$A, $B lab-07.local", "A, B lab-07"),
        ("$A named Bob, was lab-07", "A Bob"),
        ("$A (lab-07) london named lab-08", "A london lab-08"),
        ("Notes\n$A", "A"),
        ("Asset tag\n$A\n$B", "A, B"),
        ("S/N: H4WK7\nQ0PXV", "A?"),
        ("$A iPad, MacBook", "A"),
        ("3 iPads.\n$A", "A"),
        ("Site\n$A\nSerial\n$B", "A, B"),
        ("Serial:\nNotes:\n$A", "A"),
        ("Serial number\nlab-mac-07\nSite\nlondon", "lab-mac-07 london"),
        ("Serial\nSite\nBuild\n$A\nLondon\nLab\n$B\nParis\nKiosk", "A London Lab, B Paris Kiosk"),
        ("Name\nSerial\nSite\nlab-1\n$A\nLondon\nlab-2\n$B\nx", "A London lab-1, B x lab-2"),
        ("S/N $A\nMacBook\n\nS/N $B\niPad", "A, B"),
    ],
)
def test_a_serial_is_found_whatever_stands_beside_it(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    ("text", "macs"),
    [
        ("Room LONB\nMBP144\n$A", "A"),
        ("lab 3, MAC14\nROOM7, $A", "A lab"),
        ("order: $A, S/N: $B", "B"),
        ("Order number:\n$D\nSerial:\n$B", "B"),
        ("Asset tag:\nW80123ABCD\nSerial:\n$B", "B"),
        ("lab-07.example.com", ""),
        ("WORLDCLASS\n$A", "A"),
        ("Model: iPad\nSerial: $A\nSite: london\nSite: paris\nSerial: $B", "B paris"),
    ],
)
def test_what_is_no_serial_is_none(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    ("text", "macs"),
    [
        ("London design\n$A\nBerlin\n$B", "A London design, B Berlin"),
        ("$A london lab\n$B Paris basic, ditto", "A london lab, B Paris basic"),
        ("$A not: berlin, london", "A london"),
        ("London\n$A\nBerlin\n$B\nparis design", "A London, B Berlin"),
        ("$A (london, design), $B (berlin)", "A london design, B berlin"),
        ("$A (design) to london, $B (kiosk)", "A london design, B kiosk"),
        ("$B is fine, london.\n\nSerial: $A\nModel: MacBook Pro", "B london, A"),
        ("下記以外は paris です\n$A", "A"),
        ("$A berlin\nThanks all, London", "A berlin"),
        ("$A berlin\nThanks to all in London", "A berlin"),
        ("$A\n$B\n\nBest regards,\nAnn Lee\nIT coordinator\nLondon office", "A, B"),
        ("$A berlin\n$B\n\nThanks\nTom\nParis", "A berlin, B"),
        ("not all of them are for London\n$A\n$B", "A, B"),
        ("the first two are for berlin\n$A\n$B\n$C", "A berlin, B berlin, C berlin"),
        ("I will be in the London office tomorrow\n$A", "A"),
        ("$A\n$B\nWe're in London today", "A, B"),
        ("See you in Paris!\n$A", "A"),
        ("$A\n\nThanks, Ann\nIT | London", "A"),
        ("$A\nThanks, Ann\n\nLondon office", "A"),
        ("$A\n$B\nParis, le 12 mars 2026", "A, B"),
        ("$A\n$B\nNew York, den 3. Mai 2026\n", "A, B"),
        ("$A\nBerlin, 2026-03-12", "A"),
        ("$A\nBerlin, den 3.5.", "A"),
        ("$A\n\nKind regards\nAnn Lee\nAcme Ltd\nLondon office", "A"),
        ("$A\n\nMany thanks, Ann\nLondon office", "A"),
        ("$A\n\nMit freundlichen Grüßen\nAnn Lee\nLondon", "A"),
        ("The courier picks them up in London\n$A\n$B", "A, B"),
        ("I am at the office in London\n$A", "A"),
        ("$A\n$B\nThere are two more in London", "A, B"),
        ("these are stored with all others in London\n$A", "A"),
        ("$A to London xyz, $B to Berlin design", "A London, B Berlin design"),
        ("New ones that we got from a vendor for people in the Paris office and ours:\n$A", "A"),
    ],
)
def test_the_place_of_other_macs_is_not_taken(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    ("text", "macs"),
    [
        ("$A in London, the rest in Berlin: $B, $C", "A? London, B? London, C? London"),
        ("london, berlin: $A (design), $B (basic)", "A? london design, B? london design"),
        ("london $A berlin $B london", "A? london, B? london"),
        ("London, Berlin: $A\n$B", "A? London, B? London"),
        ("$A london, the rest berlin", "A? london"),
        ("$A london\n$B london\nthese go to Berlin", "A? london, B? london"),
        ("Returned:\nAnna: $A\nTom: $B\nlondon", "A? london, B? london"),
        ("W80123ABCDE?\n$A", "W80123ABCDE?, A"),
        ("$A REQ-2024-11 london", "A london, REQ-2024-11? london"),
        ("INV-2024-11\n$A london", "INV-2024-11? london, A london"),
        ("$A london lab\n$B ditto but basic", "A london lab, B? london basic"),
        ("berlin nach london: $A", "A? berlin"),
        ("Macs von london, berlin: $A", "A? london"),
        ("$A de paris et london", "A? paris"),
        ("$A london lab\n$B same build, paris", "A london lab, B? paris lab"),
        ("Zwei für London\n$A\n\nEine weitere für Berlin\n\n\n$B", "A London, B? London"),
        ("$A london\nPlease delete:\n$B", "A london, B?"),
        ("$A london lab\ndelete London lab\n$B", "A london lab, B?"),
        ("Yesterday we did $B in london.\n$A london", "B? london, A london"),
        ("$A london lab\nEl $B lo devolvemos.", "A london lab, B?"),
    ],
)
def test_macs_of_several_places_or_that_may_be_gone_are_asked_about(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    ("text", "macs"),
    [
        ("We are setting these up in London\n$A", "A London"),
        ("We are to set up all of these in London\n$A", "A London"),
        ("We have received these, please set them up in London\n$A", "A London"),
        ("these are for the store in London\n$A", "A London"),
        ("I need them in London\n$A", "A London"),
        ("$A\nThanks in advance!\nLondon", "A London"),
        ("$A\nMany thanks\nLondon", "A London"),
        ("$A\nKind regards\nLondon", "A London"),
        ("$A\nViele Grüße\nLondon", "A London"),
        ("$A\nthanks\nLondon\nDesign", "A London Design"),
        ("$A\nThanks, Team!\nLondon", "A London"),
        ("$A\nThanks\nTom\nPS: they are all for London", "A London"),
        ("$A\nThanks Tom\nlondon design", "A london design"),
        ("$A\nThanks\nTom\nP.S. these go to London", "A London"),
        ("$A\nall to Berlin, 12.03.2026", "A Berlin"),
        ("$A\nfor London, 12.03. please", "A London"),
        ("$A\nLondon design, 2026-03-12", "A London design"),
        ("$A\nLondon, 2.1 floor", "A London"),
        ("$A\nThanks to Ann all of them have come by now\nLondon", "A London"),
        ("Thanks, Ann\nLondon\n$A", "A London"),
        ("$A von London für design", "A London design"),
        ("$A von London nach Berlin", "A Berlin"),
        ("$A to London and $B to Berlin design", "A London design, B Berlin design"),
        ("$A London asap, $B Berlin design", "A London design, B Berlin design"),
        ("two more for London design\n$A\n$B", "A London design, B London design"),
        ("two more for London\n$A\n$B", "A London, B London"),
        ("$A\nDeliver to: London", "A London"),
        ("zwei weitere für London\n$A\n$B", "A London, B London"),
        ("$A (London), $B (Berlin), all design", "A London design, B Berlin design"),
        ("$A (London), $B (London) - both as design", "A London design, B London design"),
    ],
)
def test_a_plain_sentence_names_the_place(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    "sentence",
    [
        "Please note that $A is already registered",
        "Can you check that $A was registered yesterday?",
    ],
)
def test_a_wish_about_what_was_done_asks_about_its_macs(sentence: str) -> None:
    told = pasted(f"{sentence}\n$B paris")

    assert (told.macs, told.why) == ("A?, B paris", {"A": TOLD})
