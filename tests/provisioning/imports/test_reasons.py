"""Reasons of the reader, which are stored in English, in the language of who reads them."""

import pytest

from provisioning.imports.edits.reasons import placed, reworded
from provisioning.imports.parsing.tokens.serial_shapes import doubt_of
from provisioning.values.language import in_language
from provisioning.values.serials import Serial
from tests.corpora.intake.cases import cases
from tests.corpora.intake.measuring import read
from tests.support.tables import for_each


@for_each(
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
        (
            "is for 'lndon', and there is no site of that name",
            "ist für „lndon“, und es gibt keinen Standort dieses Namens",
        ),
        (
            "it belongs to an accessory, which is no Mac",
            "es gehört zu einem anderen Gerät (Zubehör), das kein Mac ist",
        ),
        (
            "it belongs to an iPad, which is no Mac",
            "es gehört zu einem anderen Gerät (iPad), das kein Mac ist",
        ),
        (
            "a serial has 3 to 64 characters, this text has 1",
            "eine Seriennummer hat 3 bis 64 Zeichen, dieser Text hat 1",
        ),
        (
            "stands in a line that names 2 sites: leeds and london; is struck through",
            "steht in einer Zeile, die 2 Standorte nennt: leeds und london; ist durchgestrichen",
        ),
        ("stands below a line that names leeds", "steht unter einer Zeile, die leeds nennt"),
        (
            "stands above 'leeds' in brackets, which may hold for it",
            "steht über „leeds“ in Klammern, was vielleicht dafür gilt",
        ),
        ("something new; is commented out", "something new; ist auskommentiert"),
    ],
)
def test_each_clause_is_worded_and_an_unknown_one_stays(stored: str, shown: str) -> None:
    assert reworded(stored) == stored
    with in_language("de"):
        assert reworded(stored) == shown


@for_each("text", ["C02ABCDEFGHIJ", "ABCDEFGHIJK", "12345678901", "C02OABCDEFGH"])
def test_what_is_doubted_of_a_serial_has_a_translation(text: str) -> None:
    doubt = doubt_of(Serial(text))

    assert doubt is not None
    with in_language("ja"):
        assert reworded(doubt) != doubt
        assert [word for word in (" has ", " is ", "characters") if word in reworded(doubt)] == []


@for_each(
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


def test_between_reasons_stands_the_mark_of_the_language() -> None:
    reasons = "is a virtual Mac's; stands below another heading than the serials"
    with in_language("fr"):
        assert "\u202f; " in reworded(reasons)


def test_between_a_file_and_a_place_stands_the_comma_of_the_language() -> None:
    with in_language("ja"):
        assert placed("macs.csv, line 2") == "macs.csv、 2 行目"


@pytest.fixture(scope="module")
def reasons() -> set[str]:
    """The doubts and the reasons that lists raise."""
    results = [read(case) for case in cases("seen")]
    return {
        *(entry.doubt for result in results if result for entry in result.entries if entry.doubt),
        *(rejected.reason for result in results if result for rejected in result.rejected),
        *("stands below another heading than the serials", "is a virtual Mac's"),
        "it is not in the column of the serials",
        "only letters, digits and + = . _ - can be in one",
        "is one of two serials in its row, under different headings",
        "it is what Macs without a serial number say; give this one its own",
        "stands in a line that names 2 sites: leeds and london",
        "stands below a line that names 3 builds: design and basic and lab",
    }


@for_each("code", ["de", "fr", "es", "ja"])
def test_all_that_is_said_of_lists_has_a_translation(code: str, reasons: set[str]) -> None:
    with in_language(code):
        assert [reason for reason in sorted(reasons) if reworded(reason) == reason] == []


@pytest.mark.parametrize("word", [" stands ", " names ", " which ", " has "])
def test_no_clause_of_what_is_said_of_lists_stays_english(word: str, reasons: set[str]) -> None:
    with in_language("ja"):
        assert [each for each in map(reworded, sorted(reasons)) if word in f" {each} "] == []
