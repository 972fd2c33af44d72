"""The words for acts: numbers that people type, as their language writes them."""

from provisioning.maintenance.acts.words import is_number
from provisioning.values.language import LANGUAGES, figure, in_language
from tests.support.tables import for_each


@for_each("code", LANGUAGES)
def test_a_number_is_typed_as_it_is_shown_in_each_language(code: str) -> None:
    with in_language(code):
        assert is_number(figure(1234), 1234)


@for_each(
    ("text", "is_meant"),
    [
        (" 1234 ", True),
        ("1’234", True),
        ("１２３４", True),
        ("1235", False),
        ("12345", False),
        ("-1234", False),
        ("", False),
    ],
)
def test_any_other_way_to_write_the_number_will_do_and_no_other_number(
    text: str, is_meant: bool
) -> None:
    assert is_number(text, 1234) is is_meant
