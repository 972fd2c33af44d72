"""Plain tables, each of which a rule of its own keeps from being read wrongly."""

from provisioning.imports.parsing.grids.rows import ONE_OF_TWO
from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each


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
        (
            "Desk,Mac 1,Mac 2,Site\nD1,$A,$B,london\nD2,$C,$D,paris",
            "A london, B london, C paris, D paris",
        ),
        ("Serial,Status\n$A,In Service\n$B,In Service", "A, B"),
        ("Left,Who,Right,Whom\n$A,x,$B,y\n$C,x,$D,y", "A, B, C, D"),
        ("Serial,Site\nH4WK7 Q0PXV,london\n$B,paris", "A london, B paris"),
        ("Model,Serial\niPad,$A\n,$B\nMacBook,$C", "C"),
        ("Serial,Site\n$A,london\niPads,\n,$B", "A london"),
        ("Serial,Status,Site\n,broken,\n$A,,london", "A london"),
        ("Status,Serial,Site\nnew,$A,london", "A london"),
        ("Name,Serial,Site\nlab,$A,london\nSerial:,,$B", "A london lab, B"),
        ("$A,lab-07,london\n$B,lab-07,paris", "A london, B paris"),
        ("Serial,Note\nLondon and Paris,\n$A,x", "A"),
        ("London\nSerial,Student,School\n$A,Ann,Arts\n$B,Tom,Law", "A London, B London"),
        ("Serial,Store\n$A,Apple\n$B,Amazon", "A, B"),
        ("Serial,Build\n$A,Xyzzy\n$B,Plugh", "A Xyzzy, B Plugh"),
        ("Serial,Location\n$A,Apple\n$B,Amazon", "A Apple, B Amazon"),
        ("Serial,Ship to,Site\n$A,London,Paris\n$B,Apple,Paris", "A Paris, B Paris"),
        ("Serial,Ship to\n$A,London\n$B,Paris", "A London, B Paris"),
        ("Serial,Ship to\n$A,London\n$B,Apple", "A, B"),
        ("Serial,Ship to\n$A,London\n$B,1 Paris Street", "A, B"),
        ("Serial,Bill to\n$A,London\n$B,London", "A, B"),
        ("Serial,Ship to,Site\n$A,London,\n$B,London,", "A, B"),
        ("Seriennummer;Lieferadresse;Profil\n$A;London;lab\n$B;;lab", "A London lab, B lab"),
        ("Part,Serial 1,Serial 2,City\nMRX33,$A,$B,London", "A London, B London"),
        ("Model,Serial\nParis,\nx,$A\nLondon,\nSerial,Model\n$B,y", "A Paris, B London"),
        ("Serial,Model\nRetired,\n$A,x\nlab,\n$B,y", "A?, B lab"),
        ("Part,Serial no. 1,Serial no. 2,City\nMRX33,$A,,London", "A London"),
    ],
)
def test_a_table_is_read_by_all_of_its_headings(text: str, macs: str) -> None:
    assert dropped(text).macs == macs


def test_serials_below_two_headings_with_different_places_are_asked_about() -> None:
    told = dropped("London serial,Paris serial\n$A,$B")

    assert (told.macs, told.why) == ("A?, B?", {"A": ONE_OF_TWO, "B": ONE_OF_TWO})


def test_serials_in_rows_of_several_below_the_articles_of_a_delivery_are_all_read() -> None:
    articles = "Item,Part,Description,Qty\n10,MC7X4LL/A,MacBook Air,4\n"
    found = dropped(f"{articles}Serial numbers:,,,\n$A,$B,$C\n$D,C02YK1QWLVDN\n")

    assert found.macs == "A, B, C, D, C02YK1QWLVDN"
    assert "Part" not in found.why


BLANK_FIELDS = {
    "of the first Mac": (
        "Serial: $A\nSite:\nBuild: lab\n\nSerial: $B\nSite: london\nBuild: lab",
        "A lab, B london lab",
    ),
    "of the last Mac": (
        "Serial: $A\nSite: paris\nBuild: lab\n\nSerial: $B\nSite:\nBuild:",
        "A paris lab, B",
    ),
    "between other fields": (
        "Serial=$A\nName=\nSite=london\nSerial=$B\nName=lab-07\nSite=paris",
        "A london, B paris lab-07",
    ),
    "before the serials": (
        "Asset:\nSerial: $A\nUser:\nSite: london\n\nAsset:\nSerial: $B\nUser: Ann\nSite:",
        "A london, B",
    ),
    "which is the serial": (
        "Serial: $A\nSite: london\n\nSerial:\nSite: berlin\n\nSerial: $B\nSite: paris",
        "A london, B paris",
    ),
    "which is the first serial": (
        "Name: Ann\nSerial:\nSite: london\n\nName: Tom\nSerial: $B\nSite: paris",
        "B paris",
    ),
    "of a Mac without a serial": (
        "Serial:\nSite: london\n\nSerial: $A\nSite: paris\n\nSerial:\n$B\nSite: berlin",
        "A paris, B berlin",
    ),
    "below serials alone in their lines": ("$A\nSite:\n$B\nSite: paris", "A, B paris"),
}
HEADINGS_WITH_COLONS = {
    "of places": (
        "London:\nSerial: $A\nBuild: lab\nParis:\nSerial: $B\nBuild: basic",
        "A London lab, B Paris basic",
    ),
    "of Macs that are gone": ("Broken:\nSerial: $A\nSite: london", "A? london"),
    "of serials": ("Site: london\nSerials:\n$A\n$B", "A london, B london"),
    "above their value": ("Serial:\n$A\nSite:\nlondon", "A london"),
}


@for_each(("text", "macs"), BLANK_FIELDS.values(), ids=BLANK_FIELDS)
def test_a_field_without_a_value_is_blank_and_takes_none_of_another_mac(
    text: str, macs: str
) -> None:
    assert pasted(text).macs == macs


def test_fields_below_each_other_in_a_file_are_of_the_serial_above_them() -> None:
    text = "Serial: $B\nSite: paris\n\nSerial: $A\nSite: london\n"

    assert dropped(text).macs == "B paris, A london"
    assert dropped(text.replace("\n", ",Ann\n")).macs == "B paris, A london"


@for_each(("text", "macs"), HEADINGS_WITH_COLONS.values(), ids=HEADINGS_WITH_COLONS)
def test_a_heading_with_a_colon_above_fields_is_none_of_them(text: str, macs: str) -> None:
    assert pasted(text).macs == macs
