"""Reasons of the reader, which are stored in English, in the language of who reads them."""

import pytest

from bot.imports.reasons import placed, reworded
from provisioning.imports.parsing.serial_shapes import doubt_of
from provisioning.values.language import in_language
from provisioning.values.serials import Serial


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("it is empty", "es ist leer"),
        (
            "has 13 characters, Apple's serials have 10 to 12; is one too many?",
            "hat 13 Zeichen, Apples Seriennummern haben 10 bis 12; ist eines zu viel?",
        ),
        (
            "is struck through; has no digit; an ordinary word?",
            "ist durchgestrichen; hat keine Ziffer; ein gewöhnliches Wort?",
        ),
        (
            "may be none: it looks like a model",
            "ist vielleicht keine: es sieht nach einem Modell aus",
        ),
        ("something new; is commented out", "something new; ist auskommentiert"),
    ],
)
def test_each_clause_is_worded_and_an_unknown_one_stays(stored: str, shown: str) -> None:
    assert reworded(stored) == stored
    with in_language("de"):
        assert reworded(stored) == shown


@pytest.mark.parametrize("text", ["C02ABCDEFGHIJ", "ABCDEFGHIJK", "12345678901", "C02OABCDEFGH"])
def test_what_is_doubted_of_a_serial_has_a_translation(text: str) -> None:
    doubt = doubt_of(Serial(text))

    assert doubt is not None
    with in_language("ja"):
        assert reworded(doubt) != doubt
        assert not any(word in reworded(doubt) for word in (" has ", " is ", "characters"))


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("line 12", "Zeile 12"),
        ("stock.csv, line 12", "stock.csv, Zeile 12"),
        ("stock.xlsx, row 3 of Berlin", "stock.xlsx, Zeile 3 von Berlin"),
        ("photo.jpg", "photo.jpg"),
    ],
)
def test_a_place_is_worded_behind_the_name_of_its_file(where: str, shown: str) -> None:
    with in_language("de"):
        assert placed(where) == shown
