"""Addresses: which texts are one, in which form they are kept, and what a server gets."""

import pytest

from infrastructure.mail import addresses
from infrastructure.mail.addresses import UnusableAddress
from tests.support.tables import for_each


@for_each(
    ("typed", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.Lovelace+mac@Example.COM ", "Ada.Lovelace+mac@example.com"),
        ("o'hara@x-y.example.com", "o'hara@x-y.example.com"),
        ("zoë@example.com", "zoë@example.com"),
        ("zoe\u0308@example.com", "zoë@example.com"),
        ("it@Bücher.example", "it@bücher.example"),
        ("情報@例え.jp", "情報@例え.jp"),
        ("root@localhost", "root@localhost"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert addresses.parse(typed) == kept


@for_each(
    "typed",
    [
        *("", "@", "ada", "ada@", "@example.com", "ada@@example.com", "a@b@c", "a b@example.com"),
        *("Ada <ada@example.com>", "<ada@example.com>", "ada@example.com, bob@example.com"),
        *("ada@example.com\nBcc: bob@example.com", "ada\r\n@example.com", "ada@exam\0ple.com"),
        *('"ada lovelace"@example.com', "ada@[127.0.0.1]", "ada@example..com", "ada@-x.com"),
        *(".ada@example.com", "ada.@example.com", "a..b@example.com", "ada@example.com."),
        *("ada@ex\u202eample.com", "ada\u200b@example.com", "ada@\ud800.com", "ada@example_.com"),
        *(f"{'a' * 65}@example.com", f"a@{'b' * 64}.com", f"a@{'b.' * 130}com", "mailto:a@x.com"),
        "=?utf-8?q?ada=0D=0ABcc=3A_bob?=@example.com",
        *("ada;@x.com", "ada,bob@x.com", "ada(x)@x.com", "ada:x@x.com", "ada\\@x.com"),
    ],
)
def test_another_text_is_no_address(typed: str) -> None:
    with pytest.raises(UnusableAddress):
        addresses.parse(typed)


@for_each(
    ("address", "takes_letters", "written"),
    [
        ("ada@example.com", False, "ada@example.com"),
        ("it@bücher.example", True, "it@bücher.example"),
        ("it@bücher.example", False, "it@xn--bcher-kva.example"),
        ("zoë@example.com", True, "zoë@example.com"),
        ("zoë@example.com", False, None),
        ("=?utf-8?q?x=0D=0A?=@example.com", True, None),
    ],
)
def test_a_server_gets_letters_beyond_ascii_where_it_takes_them(
    address: str, takes_letters: bool, written: str | None
) -> None:
    assert addresses.for_server(address, takes_letters=takes_letters) == written
