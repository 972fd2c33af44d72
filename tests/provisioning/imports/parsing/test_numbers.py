"""Numbers beside serials: orders, parts, addresses and hashes, which are no Macs."""

from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each


@for_each(
    "number",
    [
        # addresses and identifiers
        *("3C22FBAABBCC", "3c-22-fb-aa-bb-cc", "3c22.fbaa.bbcc", "00008103-001A2B3C4D5E601E"),
        *("lab-07.corp.example.com", "564D1E77-0A11-2233-4455-66778899AABB"),
        *("CN=mac22.ad.example.org", "EID 89049032007008882600123456789012"),
        # orders, customers and taxes
        *("USt-IdNr DE123456789", "Kundennummer 10048812A1", "order no. 4500ABC123"),
        *("Lieferschein LS20261102", "VAT GB123456789", "Liefersch. LS2611A0042"),
        *("N° client C0099812X1", "nº de cliente K0099812X1", "cod. cliente C0012345B9"),
        *("Заказ № ZA2026A1127B", "Клиент: KL00A12345", "objednávka č. OB2026A1127"),
        *("注文番号: CH2026A1127", "Tilausnro TI2026A112"),
        # parts, shops and accounts
        *("part Z1FE000K4LL", "M3MAX36GB1TB", "30PMX2Y3LL/A", "numéro d'article AX99812X1B"),
        *("(Tag: TAG26A00421)", "ASIN B09JQKBQSB", "Kostenstelle KST4711A02"),
        *("cost center CC4711A0293", "Badge ID 88AC41KD02", "locker-id 88AC41KD02"),
    ],
)
def test_other_numbers_beside_a_serial_are_not_taken(number: str) -> None:
    for text in (f"{number}\n$A", f"{number} and $A", f"$A, {number}"):
        taken = [mac.split()[0] for mac in pasted(text).macs.split(", ") if "?" not in mac]
        assert taken == ["A"], text


def test_a_label_before_a_list_does_not_take_its_serials_away() -> None:
    assert pasted("order: $A, $B").macs == "A, B"


@for_each("name", ["deploy.log", "build.txt"])
def test_a_log_full_of_hashes_holds_no_macs(name: str) -> None:
    lines = (
        "INFO commit 690f2c0d0ec8bec7f5db66762c5801ec425c8342\nINFO short 7c3a19e24f\n"
        "INFO md5 60541ca23513ad19a1d1a4069a97a530\nINFO job 4F0B55D17C3A done\n"
    )
    assert dropped(lines, name).macs == ""
