"""Doubts about serials on photos, by the looks at which their barcodes were read."""

from zxingcpp import BarcodeFormat

from provisioning.imports.photos.barcodes import Read
from provisioning.imports.photos.labels import SerialOnPhoto
from provisioning.imports.photos.reader import judged
from provisioning.values.serials import Serial
from tests.support.tables import for_each

SERIAL = "C02XG0FDJGH5"


PART = Read("1PMX2E3D/A", BarcodeFormat.Code128, (100.0, 70.0), 80.0)


def look(text: str, symbology: BarcodeFormat = BarcodeFormat.Code128) -> list[Read]:
    return [Read(text, symbology, (100.0, 100.0), 80.0), PART]


def code(text: str, *at: float) -> Read:
    return Read(text, BarcodeFormat.Code128, (at[0], at[1]), 80.0)


def test_two_looks_that_agree_leave_no_doubt() -> None:
    looks = [look(f"S{SERIAL}"), look(f"S{SERIAL}")]

    assert judged(looks).serials == (SerialOnPhoto(Serial(SERIAL), None),)


def test_one_look_is_not_enough() -> None:
    [found] = judged([look(f"S{SERIAL}"), []]).serials

    assert found == SerialOnPhoto(Serial(SERIAL), "it was read only once")


@for_each(
    ("other", "is_doubtful"),
    [
        ("1PMX2E3D/A", False),
        ("1PZ15S00091", False),  # built to order
        ("1PZ1AU000XKLL/A", False),
        ("1P661-12345", False),
        ("30PMX2E3D/A", False),
        ("1P6F1J9EA#ABD", True),  # the part number of another maker
        ("1P20XW00ABGE", True),
        ("00180A2B3C4D", True),
    ],
)
def test_a_serial_without_a_part_number_of_apples_beside_it_is_doubtful(
    other: str, is_doubtful: bool
) -> None:
    looks = [code(f"S{SERIAL}", 100, 100), code(other, 100, 70)]

    [found] = judged([looks, looks]).serials

    assert (found.doubt is not None) is is_doubtful


def test_each_serial_has_a_part_number_of_its_own() -> None:
    mac, other = code(f"S{SERIAL}", 100, 100), code("SQ2KN1VK6HGCB", 100, 160)
    part, moved = code("1PMX2E3D/A", 100, 70), code("1PMX2E3D/A", 101, 71)

    doubts = {
        str(one.serial): one.doubt for one in judged([[other, mac, part]] * 2 + [[moved]]).serials
    }

    assert doubts[SERIAL] is None
    assert "no part number of Apple's" in str(doubts["Q2KN1VK6HGCB"])


@for_each(("at", "is_doubtful"), [(240, False), (300, True)])
def test_a_part_number_on_another_label_is_none_of_a_serial(at: float, is_doubtful: bool) -> None:
    """As it is where it is farther away than two codes are long."""
    looks = [code(f"S{SERIAL}", 100, 100), code("1PMX2E3D/A", 100, at)]

    [found] = judged([looks, looks]).serials

    assert bool(found.doubt) is is_doubtful


@for_each("text", [f"S/N:{SERIAL}", f"1PMX2E3D/A,S{SERIAL}"])
def test_a_code_that_says_itself_what_the_serial_is_of_needs_no_other(text: str) -> None:
    [found] = judged([[code(text, 100, 100)]] * 2).serials

    assert found.doubt is None


def test_a_code_without_a_check_digit_is_doubtful_however_often_it_was_read() -> None:
    [found] = judged([look(f"S{SERIAL}", BarcodeFormat.Code39)] * 3).serials

    assert found.doubt == "its kind of barcode has no check digit, so that a misread would not show"


def test_a_serial_with_a_letter_that_apple_does_not_use_is_doubtful_and_keeps_its_s() -> None:
    [found] = judged([look("SC02XK0AAJO5H")] * 2).serials

    assert found.serial == Serial("SC02XK0AAJO5H")
    assert found.doubt
    assert "neither the letter O nor I" in found.doubt


def test_a_serial_without_its_mark_is_doubtful() -> None:
    [found] = judged([look(SERIAL)] * 2).serials

    assert found.doubt == "its barcode lacks the S that marks a serial on Apple's labels"


def test_serials_come_from_top_to_bottom_in_whatever_order_they_were_read() -> None:
    places = {"C02XK0AAJGH5": (10.0, 300.0), SERIAL: (90.0, 100.0), "C02YK1QWLVDN": (50.0, 200.0)}
    found = [code(f"S{text}", *at) for text, at in places.items()]

    assert [str(each.serial) for each in judged([found, found]).serials] == [
        SERIAL,
        "C02YK1QWLVDN",
        "C02XK0AAJGH5",
    ]


@for_each(
    ("text", "doubt"),
    [
        ("S4500871123", "has only digits"),
        ("SHPMT2026117", "has 11 characters"),
        ("SC02XG0FDJG", "is its end missing?"),
        ("SRMA001234567", "may be none"),
    ],
)
def test_what_follows_an_s_and_may_be_another_number_is_doubtful(text: str, doubt: str) -> None:
    [found] = judged([look(text)] * 2).serials

    assert doubt in str(found.doubt)


@for_each(
    ("other", "is_doubtful"),
    [
        ("356938035643809", True),  # an IMEI
        ("89049032000001000000022222222222", True),  # an EID
        ("356938035643808", False),
        ("0194253123456", False),
    ],
)
def test_beside_the_number_of_a_phone_module_a_serial_is_doubtful(
    other: str, is_doubtful: bool
) -> None:
    looks = [*look(f"S{SERIAL}"), code(other, 100, 100)]

    [found] = judged([looks, looks]).serials

    assert bool(found.doubt) is is_doubtful


def test_labels_with_a_part_number_beyond_the_serials_have_one_that_was_not_read() -> None:
    looks = [
        *(code(f"S{SERIAL}", 100, 100), code("1PMX2E3D/A", 100, 70)),
        *(code("1PMX2E3D/A", 100, 370), code("1PMK1E3LL/A", 100, 670)),
    ]

    assert judged([looks, looks]).unread_labels == 2


def test_a_part_number_that_was_read_once_or_with_its_serial_counts_for_no_other_label() -> None:
    whole = code(f"1PMX2E3D/A,S{SERIAL}", 100, 100)
    looks = [whole, code("1PMX2E3D/A", 100, 70)]

    assert judged([looks, looks, [code("1PMX2E3L/A", 100, 70)]]).unread_labels == 0
