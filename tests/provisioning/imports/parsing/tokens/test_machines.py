"""Other machines, and what comes with a Mac, in tables of Macs."""

from provisioning.imports.parsing.tokens.machines import reason_for
from tests.support.inputs.lists import dropped
from tests.support.tables import for_each


@for_each(
    ("column", "value", "machine"),
    [
        ("Type", "iPad", "an iPad"),
        ("Type", "Display", "a display"),
        ("Product", "TV", "a display"),
        ("Group", "Peripherals", "an accessory"),
        ("Model", "iPhone 15", "an iPhone"),
        ("Manufacturer", "HP", "a machine of HP's"),
        ("OS", "Windows 11", "a Windows PC"),
        ("Artikel", "AppleCare+ für Mac", "an accessory"),
        ("Artikel", "Netzteil 67W", "an accessory"),
        ("Item", "Power Adapter 96W", "an accessory"),
        ("Type", "Téléphone", "a phone or tablet"),
        ("Article", "Chargeur USB-C", "an accessory"),
        ("Artikel", "Tastatur, schwarz", "an accessory"),
    ],
)
def test_other_machines_are_left_out_with_the_reason(column: str, value: str, machine: str) -> None:
    found = dropped(f"{column};Serial\nMacBook Air;$A\n{value};$B\n")

    assert found.macs == "A"
    assert found.why["B"] == f"it belongs to {machine}, which is no Mac"


def test_a_column_of_names_may_say_that_some_are_no_macs() -> None:
    assert dropped("Serial,Name\n$A,MacBook\n$B,Magic Mouse\n$C,MacBook\n").macs == "A, C"


def test_a_mac_in_capitals_beside_another_machine_stays_a_mac() -> None:
    found = dropped("Serial,Accessory,Model\n$A,iPad,MAC MINI\n$B,iPad,iPad\n")

    assert (found.macs, [*found.why]) == ("A", ["B"])
    assert dropped("Serial,Type,Model\n$A,Screen,iMac 24\n$B,Screen,LG 27\n").macs == "A"


def test_what_comes_with_a_mac_below_an_unknown_heading_leaves_none_out() -> None:
    text = (
        "Serial,Extras,Site\n$A,Magic Mouse,london\n$B,needs adapter,london\n$C,2 monitors,london\n"
    )

    assert dropped(text).macs == "A london, B london, C london"
    assert dropped("Serial,Info\n$A,needs adapter\n$B,needs dock\n").macs == "A, B"


def test_another_machine_below_an_unknown_heading_is_asked_about_unless_macs_stand_there() -> None:
    assert dropped("Serial,User had\n$A,HP EliteBook\n$B,\n").macs == "A?, B"
    assert dropped("Serial,User had,Model\n$A,HP EliteBook,MacBook Air\n").macs == "A"
    assert dropped("Serial,Extra\n$A,MacBook Air\n$B,Magic Mouse\n").macs == "A"
    assert dropped("Serial,Asset make\n$A,Apple\n$B,HP\n").macs == "A"
    assert dropped("Serial,Asset kind\n$A,Laptop\n$B,Printer\n$C,Tablet\n").macs == "A"
    assert dropped("Serial,Device\n$A,Magic Mouse\n$B,iPad\n$C,\n").macs == "C"


def test_it_is_asked_about_where_each_row_has_one_and_may_be_of_that() -> None:
    assert dropped("Serial,Was drin ist\n$A,Studio Display\n$B,Magic Keyboard\n").macs == "A?, B?"
    assert dropped("Serial,Came with,Model\n$A,Magic Mouse,iMac\n").macs == "A"
    assert dropped("Serial,Produkt\n$A,Studio Display\n$B,Magic Keyboard\n").macs == ""


@for_each(
    ("heading", "extra"),
    [
        ("Accessories", "Charger"),
        ("Comes with", "Studio Display"),
        ("Extras:", "Magic Mouse"),
        ("Zubehör", "Maus"),
        ("Accessoires", "Chargeur USB-C"),
        ("付属品", "Magic Keyboard"),
    ],
)
def test_what_each_mac_has_below_a_heading_of_extras_asks_about_none(
    heading: str, extra: str
) -> None:
    assert dropped(f"Serial,{heading}\n$A,{extra}\n$B,{extra}\n").macs == "A, B"
    assert dropped(f"Serial,{heading}\n$A,HP EliteBook\n").macs == "A?"


def test_a_column_of_free_text_leaves_no_mac_out() -> None:
    assert dropped("Serial,Text\n$A,Charger is missing\n$B,\n").macs == "A, B"


def test_a_mac_below_an_accessory_without_a_serial_stays_one() -> None:
    found = dropped("Pos,Article,Serial\n1,iMac,$A\n,Magic Mouse,\n2,MacBook Air,$B\n3,Stand,$C\n")

    assert (found.macs, [*found.why]) == ("A, B", ["C"])


@for_each(("machine", "named"), [("HP notebook", "an HP notebook"), ("dock", "a dock")])
def test_a_reason_has_the_article_that_is_spoken(machine: str, named: str) -> None:
    assert reason_for(machine) == f"it belongs to {named}, which is no Mac"
