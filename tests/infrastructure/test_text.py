"""Texts: names as they are compared, numbers that were sent, and addresses without passwords."""

import unicodedata

from infrastructure.text import blanked, normalize, readable, whole_number, without_logins
from provisioning.imports.parsing import free_text
from tests.support.tables import for_each


def test_case_spaces_and_decomposed_letters_make_no_other_name() -> None:
    assert normalize(unicodedata.normalize("NFD", " Zürich  Nord ")) == normalize("zürich nord")
    assert normalize("zurich nord") != normalize("zürich nord")


def test_a_pasted_site_is_known_however_the_repo_stores_its_name() -> None:
    [mac] = free_text.read(
        "C02XG0FDJGH5 Zürich", [unicodedata.normalize("NFD", "Zürich")], []
    ).entries

    assert mac.site == "Zürich"


def test_names_of_all_scripts_stay_as_they_are_and_marks_do_not_pile_up() -> None:
    for name in ("ที่กรุงเทพ", "हिन्दी", "مُحَمَّد", "Zoë"):
        assert readable(name, 80) == unicodedata.normalize("NFC", name)
    assert readable("H" + "\u0336\u0337" * 40 + "o\u200b\u202e\ufe0f\x00", 80) == "H\u0336\u0337o"


@for_each(
    ("text", "number"),
    [("0", 0), ("012", 12), ("999999999", 999_999_999), ("9999999999", None)]
    + [(text, None) for text in ("", "-1", "1.5", " 1", "٣", "²")],
)
def test_a_whole_number_has_ascii_digits_and_no_more_than_a_column_takes(
    text: str, number: int | None
) -> None:
    assert whole_number(text) == number


@for_each(
    ("text", "shown"),
    [
        ("proxy: 'http://u:pass@proxy:3128'", "proxy: 'http://proxy:3128'"),
        ("at https://u:p@ss@git.example.com/repo, then", "at https://git.example.com/repo, then"),
        (
            "https://u@a.example/x and ftp://v:w@b.example",
            "https://a.example/x and ftp://b.example",
        ),
        ("https://a.example/people/bob@b.example", "https://a.example/people/bob@b.example"),
        ("http://u:p/w@proxy:3128", "http://proxy:3128"),
        (
            "git@github.com:lab/repo, mail bob@b.example",
            "git@github.com:lab/repo, mail bob@b.example",
        ),
    ],
)
def test_users_and_passwords_are_left_out_of_addresses_alone(text: str, shown: str) -> None:
    assert without_logins(text) == shown


def test_a_line_of_many_addresses_is_looked_through_for_passwords_in_little_time() -> None:
    """The budget of a test would see a look from each address to the end of the line."""
    line = "http://u:p" * 20_000

    assert without_logins(line) == line


def test_parts_of_a_line_are_blanked_in_any_order_and_where_they_overlap() -> None:
    assert blanked("to london, not paris", [(11, 20), (3, 9), (15, 20)]) == "to       ,          "
    assert blanked("london", []) == "london"
