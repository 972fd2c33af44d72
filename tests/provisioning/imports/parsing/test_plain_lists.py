"""Plain lists, each of which a rule of its own keeps from being read wrongly."""

from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each


@for_each(
    ("text", "macs"),
    [
        ("hostname $A, london", "A london"),
        ("name: $A london", "A london"),
        ("$A MAC-$B", "A, B?"),
        ("$A london, S/N: lab-mac-07", "A london, lab-mac-07 london"),
        ("$B, $A named lab-07 london", "B london, A london lab-07"),
        ("Notes\n$A", "A"),
        ("Asset tag\n$A\n$B", "A, B"),
        ("S/N: H4WK7\nQ0PXV", "A?"),
        ("$A iPad, MacBook", "A"),
        ("3 iPads.\n$A", "A"),
        ("Site\n$A\nSerial\n$B", "A, B"),
        ("Serial:\nNotes:\n$A", "A"),
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
        ("London\n$A\nBerlin\n$B\nparis design", "A London, B Berlin"),
        ("$A (london, design), $B (berlin)", "A london design, B berlin"),
        ("$B is fine, london.\n\nSerial: $A\nModel: MacBook Pro", "B london, A"),
        ("下記以外は paris です\n$A", "A"),
        ("$A berlin\nThanks all, London", "A berlin"),
        ("$A berlin\nThanks to all in London", "A berlin"),
        ("not all of them are for London\n$A\n$B", "A, B"),
        ("the first two are for berlin\n$A\n$B\n$C", "A berlin, B berlin, C berlin"),
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
        ("Please note that $A is already registered\n$B paris", "A?, B paris"),
        ("Can you check that $A was registered yesterday?\n$B paris", "A?, B paris"),
    ],
)
def test_macs_of_several_places_or_that_may_be_gone_are_asked_about(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(
    ("text", "macs"),
    [
        ("Serial,Site\n]C1$A,london\n$B,paris", "A london, B paris"),
        ("Name,Serial\nAnn Miller,$A\nlab-07,$B\nlab-08,$C", "A, B, C"),
        ("Serial,Computer name\n$A,DESKTOP-1A2B3C4\n$B,lab-07", "B lab-07"),
        ("Serial,Model\n$A,Apple refurbished iPad\n$B,Apple MacBook Air", "B"),
        ("Battery serial,Serial\n$A,$B\n$C,$D", "B, D"),
        ("Mac or iPad serial,Site\n$A,london\n$B,paris", "A london, B paris"),
        ("Bench A,Bench B,Who\n$A,$B,Ann\n$C,$D,Tom", "A, B, C, D"),
        ("Left,Who,Right,Whom\n$A,x,$B,y\n$C,x,$D,y", "A, B, C, D"),
        ("London serial,Paris serial\n$A,$B\n$C,$D", "A?, B?, C?, D?"),
        ("Serial,Site\nH4WK7 Q0PXV,london\n$B,paris", "A london, B paris"),
        ("Model,Serial\niPad,$A\n,$B\nMacBook,$C", "C"),
        ("Serial,Site\n$A,london\niPads,\n,$B", "A london"),
        ("Serial,Status,Site\n,broken,\n$A,,london", "A london"),
        ("Name,Serial,Site\nlab,$A,london\nSerial:,,$B", "A london lab, B"),
        ("$A,lab-07,london\n$B,lab-07,paris", "A london, B paris"),
        ("Serial,Note\nLondon and Paris,\n$A,x", "A"),
    ],
)
def test_a_table_is_read_by_all_of_its_headings(text: str, macs: str) -> None:
    assert dropped(text).macs == macs
