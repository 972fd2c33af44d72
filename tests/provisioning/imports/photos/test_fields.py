"""The fields of a barcode that can be serials."""

from provisioning.imports.photos.fields import Field, is_labelled, serials
from tests.support.tables import for_each


@for_each(
    ("text", "serial", "marked"),
    [
        ("SC02XK0AAJG5H", "C02XK0AAJG5H", True),
        ("SABCDEFGHJK", "ABCDEFGHJK", True),
        ("SW8012345678", "W8012345678", True),
        ("SA483E7123456", "A483E7123456", True),  # hexadecimal, but the S says what it is
        ("S02XK0AAJG", "S02XK0AAJG", False),  # a serial of ten that begins with S itself
        ("SC02XK0AAJO5H", "SC02XK0AAJO5H", False),
        ("C02XK0AAJG5H", "C02XK0AAJG5H", False),
        ("SN:C02XK0AAJG5H", "C02XK0AAJG5H", True),
        ("S/N:C02XK0AAJG5H", "C02XK0AAJG5H", True),
        ('{"serial": "C02XK0AAJG5H", "site": "london"}', "C02XK0AAJG5H", True),
        ("https://example.com/hardware/byserial/C02XK0AAJG5H", "C02XK0AAJG5H", True),
        ("https://example.com/?sn=c02xk0aajg5h", "C02XK0AAJG5H", True),
        ("Serial Number: C02XK0AAJG5H\nAsset 00412", "C02XK0AAJG5H", True),
        ("010019594912345221C02XK0AAJG5H", "C02XK0AAJG5H", True),
        ("(01)00195949123452(21)C02XK0AAJG5H(10)7", "C02XK0AAJG5H", True),
        ("\x1dSC02XK0AAJG5H\x1e\x04", "C02XK0AAJG5H", True),
    ],
)
def test_what_can_be_a_serial(text: str, serial: str, marked: bool) -> None:
    assert list(serials(text)) == [Field(serial, marked)]


@for_each(
    "text",
    [
        "1PMK1E3LL/A",
        "1PMK1E3LLAB",
        "194252056325",
        "0194252056325",
        "356303123456789",  # IMEI
        "89049032000001000000012345678901",  # EID
        "8901260123456789012",  # ICCID
        "A0000012345678",  # MEID
        "A483E7123456",
        "A4:83:E7:12:34:56",
        "sc02xk0aajg5h",
        "SC02XK0A",
        "C02XK0AAJG5HX",
        "https://example.com/C02XK0AAJG5H",
        "",
    ],
)
def test_what_is_something_else(text: str) -> None:
    assert list(serials(text)) == []


def test_fields_without_the_s_are_nothing_beside_one_that_has_it() -> None:
    assert list(serials("16D20260101,SC02XK0AAJG5H,Z0RY0003WX")) == [Field("C02XK0AAJG5H", True)]


def test_a_code_can_hold_two_serials() -> None:
    assert [field.text for field in serials("SC02XK0AAJG5H;SC02XK0AAJG5J")] == [
        "C02XK0AAJG5H",
        "C02XK0AAJG5J",
    ]


def test_the_address_of_a_page_may_be_another_makers() -> None:
    assert is_labelled("SN:C02XK0AAJG5H")
    assert not is_labelled("https://example.com/?sn=C02XK0AAJG5H")
